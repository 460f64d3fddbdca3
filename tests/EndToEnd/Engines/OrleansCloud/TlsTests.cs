using StepTool.Core.Worlds.BuiltIn;
using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using StepTool.Tests.Storage;
using Xunit;

namespace StepTool.Tests.EndToEnd.Engines;

/// <summary>Silos and consoles that know each other by certificates.</summary>
[Trait("Kind", "Cluster")]
public sealed class TlsTests
{
    [Fact]
    public async Task Queue_CertificatesOfOneAuthority_LetInWhoHasOneAndNobodyElse()
    {
        using var folder = new TemporaryFolder();
        var (ours, theirs) = (new Authority(folder.Of("ours")).Environment, new Authority(folder.Of("theirs")).Environment);
        string[] arguments = ["--storage", "memory", "--data-dir", folder.Of("data")];
        await File.WriteAllLinesAsync(folder.Of("tasks.jsonl"), BuiltInWorld.Create().Tasks.Take(20).Select(task => $$"""{"task": "{{task.Id}}"}"""));
        using var first = await SiloProcess.StartAsync(ours, arguments);
        string[] joining = [.. arguments, "--primary", await SiloProcess.SiloPortAsync(first.Url)];
        using var second = await SiloProcess.StartAsync(ours, joining);

        var member = await ConsoleAsync(ours, "queue", "add", "tasks.jsonl", "--policy", "floor:bm25@1", "--watch");
        var without = await ConsoleAsync([], "runs", "list");
        var stranger = await ConsoleAsync(theirs, "runs", "list");
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => SiloProcess.StartAsync(theirs, joining));

        Assert.True(member.ExitCode == 0, member.Errors + first.Output);
        Assert.Contains("0 waiting or running, 20 ended", member.Output + member.Errors, StringComparison.Ordinal);
        Assert.Equal((1, 1), (without.ExitCode, stranger.ExitCode));
        Assert.Contains("asks for a certificate", without.Errors, StringComparison.Ordinal);
        Assert.Contains("no gateway of its cluster can be used from here", stranger.Errors, StringComparison.Ordinal);
        Assert.Contains("takes no silo of cluster", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await second.StopAsync());
        Assert.Equal(0, await first.StopAsync());

        async Task<(int ExitCode, string Output, string Errors)> ConsoleAsync(IEnumerable<KeyValuePair<string, string>> environment, params string[] command)
        {
            using var console = ConsoleProcess.Start(folder.Path, environment, [.. command, "--silo", second.Url]);
            return await console.EndAsync();
        }
    }
}
