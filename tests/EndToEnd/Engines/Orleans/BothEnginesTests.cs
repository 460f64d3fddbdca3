using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using StepTool.Silo.Doctor;
using StepTool.Silo.Hosting;
using StepTool.Tests.Silo;
using StepTool.Tests.Storage;
using StepTool.Tests.Storage.Azure;
using Xunit;

namespace StepTool.Tests.EndToEnd.Engines;

/// <summary>One container, of which either engine's silo goes on from what the other wrote.</summary>
[Trait("Kind", "Storage")]
public sealed class BothEnginesTests
{
    private const int Updates = 12;
    private const int Batch = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly string[] Train =
        ["train", "--run", "run", "--no-floors", "--iterations", $"{Updates}", "--batch", $"{Batch}", "--curve-points", "1", "--dev-tasks", "8", "--test-tasks", "8", "--deterministic"];

    [EmbeddedSiloFact]
    public async Task Training_PassedFromEngineToEngine_EndsAsOnOneAlone()
    {
        await using var passed = TestContainer.Named();
        await using var alone = TestContainer.Named();

        // Orleans begins and is killed, embedded goes on and is told to stop, Orleans goes on to the end.
        var begun = await PlayAsync(passed, SiloProcess.Program, Train, until: 2, "-KILL");
        var further = await PlayAsync(passed, EmbeddedSilo.Program, [], until: begun.Version + 2, "-TERM");
        var ended = await PlayAsync(passed, SiloProcess.Program, ["runs", "watch", "run"], until: null, "-TERM");
        var whole = await PlayAsync(alone, SiloProcess.Program, Train, until: null, "-TERM");

        Assert.InRange(further.Version, begun.Version + 2, Updates - 1);
        Assert.Equal(whole, ended);
        Assert.Equal(await StatesAsync(alone), await StatesAsync(passed));
        var diagnosis = await StoreDoctor.ExamineAsync(new SiloOptions { Storage = StorageKind.Azure, Azure = passed.Options });
        Assert.Empty(diagnosis.Faults.Select(fault => $"{fault.Where}: {fault.What}"));
        Assert.Equal((Updates + 1, Updates * Batch), (diagnosis.Counts["policy versions"], diagnosis.Counts["ordinals consumed"]));
    }

    // What a silo has learnt when it is sent the signal: at that version or later, or when the console's command has ended.
    private static async Task<Learnt> PlayAsync(TestContainer container, string program, string[] command, int? until, string signal)
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string>
        {
            ["StepTool__Azure__ConnectionString"] = container.Options.ConnectionString,
            ["StepTool__Azure__Container"] = container.Options.Container,
        };
        using var silo = await SiloProcess.StartAsync(program, environment, "--storage", "azure");
        using var console = command is [] ? null : ConsoleProcess.Start(folder.Path, [.. command, "--silo", silo.Url]);
        if (until is { } enough)
        {
            using var patience = new CancellationTokenSource(Patience);
            while ((await LearntAsync(silo)).Version < enough)
            {
                await Task.Delay(Pause, patience.Token);
            }
        }
        else
        {
            var ended = await console!.EndAsync();
            Assert.True(ended.ExitCode == 0, ended.Errors + silo.Output);
        }

        var learnt = await LearntAsync(silo);
        silo.Signal(signal);
        Assert.Equal(signal == "-TERM" ? 0 : 137, await silo.EndAsync());
        return learnt;
    }

    // Storage that does not answer for a while is no fault of what is tested here.
    private static async Task<Learnt> LearntAsync(SiloProcess silo)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var http = new HttpClient { BaseAddress = new Uri(silo.Url) };
        while (true)
        {
            using var answer = await http.GetAsync("/api/policies/run", patience.Token);
            switch (answer.StatusCode)
            {
                case HttpStatusCode.NotFound:
                    return new Learnt(-1, "", "");
                case HttpStatusCode.ServiceUnavailable:
                    await Task.Delay(Pause, patience.Token);
                    continue;
            }

            Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}\n{silo.Output}");
            var latest = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("latest");
            return new Learnt(latest.GetProperty("version").GetInt32(), latest.GetProperty("weights").GetString()!, latest.GetProperty("learner").GetString()!);
        }
    }

    // Without blobs of content, some of which the kill leaves behind, and the one that an embedded silo holds its container by.
    private static async Task<IEnumerable<string>> StatesAsync(TestContainer container) =>
        (await container.NamesAsync()).Where(name => name != "owner" && !name.StartsWith("blobs/", StringComparison.Ordinal));

    /// <summary>The latest version, by what it weighs and where its learner stands.</summary>
    private sealed record Learnt(int Version, string Weights, string Learner);
}

/// <summary>The embedded engine's silo, where it was built beside these tests.</summary>
internal static class EmbeddedSilo
{
    /// <summary>Its program, built or not.</summary>
    public static string Program { get; } = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "Embedded-false", "bin", "StepTool.Silo", new DirectoryInfo(AppContext.BaseDirectory).Name, "StepTool.Silo.dll"));
}

/// <summary>A test on a real Azurite and the embedded engine's silo, skipped with the reason where either is missing.</summary>
internal sealed class EmbeddedSiloFactAttribute : FactAttribute
{
    public EmbeddedSiloFactAttribute() =>
        Skip = Azurite.Missing ?? (File.Exists(EmbeddedSilo.Program) ? null : $"There is no {EmbeddedSilo.Program}: build silo/ with -p:Engine=Embedded in the same configuration first.");
}
