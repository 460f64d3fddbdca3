using System.Text.Json;
using StepTool.Silo.Doctor;
using StepTool.Silo.Hosting;
using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using StepTool.Tests.Storage;
using StepTool.Tests.Storage.Azure;
using Xunit;

namespace StepTool.Tests.EndToEnd;

/// <summary>A training on a silo whose storage breaks in the middle: nothing is lost, the operator is told, and it goes on without help.</summary>
[Trait("Kind", "Storage")]
public sealed class StorageFaultTests
{
    private const int Batch = 16;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [AzuriteFact]
    public async Task Account_AwayForTwentySeconds_EverythingGoesOn()
    {
        using var azurite = await OwnAzurite.StartAsync();

        await TrainAsync(24, new SiloOptions { Storage = StorageKind.Azure, Azure = azurite.Container }, async silo =>
        {
            await azurite.StopAsync();
            await Task.Delay(Outage);
            await azurite.StartAgainAsync();
            Assert.Contains("cannot be reached", silo.Output, StringComparison.Ordinal);
            Assert.Contains("The storage goes on by itself when the cause is gone.", silo.Output, StringComparison.Ordinal);
        });
    }

    [AzuriteFact]
    public async Task Account_FailsOneWriteInTen_NothingIsLostOrDoneTwice()
    {
        await using var container = TestContainer.Named();
        await using var gateway = await FaultyGateway.StartAsync(container.Options.ConnectionString, failEvery: 10);

        await TrainAsync(2, new SiloOptions { Storage = StorageKind.Azure, Azure = gateway.Of(container.Options.Container) }, _ => Task.CompletedTask);

        Assert.True(gateway.Failures > 30, $"Only {gateway.Failures} writes failed.");
    }

    [SmallDiskFact]
    public async Task Disk_FullForAWhile_EverythingGoesOn()
    {
        using var disk = new SmallDisk(megabytes: 128);

        await TrainAsync(24, new SiloOptions { DataDirectory = Path.Combine(disk.Path, "data") }, async silo =>
        {
            disk.Fill();
            await SaidAsync(silo, "is full; nothing was written. Free some space; the storage then goes on by itself.");
            disk.Free();
        });
    }

    [SmallDiskFact]
    public async Task Directory_ReadOnlyForAWhile_EverythingGoesOn()
    {
        using var disk = new SmallDisk(megabytes: 128);
        using var folder = new TemporaryFolder();
        Directory.CreateSymbolicLink(folder.Of("blobs"), disk.Path); // the database stays open, and so does its file system for writing

        await TrainAsync(24, new SiloOptions { DataDirectory = folder.Path }, async silo =>
        {
            await disk.ForbidWritingAsync();
            await SaidAsync(silo, "Read-only file system");
            Assert.Contains("Check space and rights of the folder, then repeat.", silo.Output, StringComparison.Ordinal);
            disk.Remount(isReadOnly: false);
        });
    }

    [SmallDiskFact]
    public async Task Directory_ReadOnly_IsRefusedWithTheRemedyAndCanBeLookedAt()
    {
        using var disk = new SmallDisk(megabytes: 48);
        var data = Path.Combine(disk.Path, "data");
        disk.Remount(isReadOnly: true);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => SiloProcess.StartAsync([], "--data-dir", data));
        Assert.Contains("It must be a folder that this process may write. Mend that, or give another with --data-dir.", refused.Message, StringComparison.Ordinal);

        disk.Remount(isReadOnly: false);
        using (var silo = await SiloProcess.StartAsync([], "--data-dir", data))
        {
            Assert.Equal(0, await silo.StopAsync());
        }

        disk.Remount(isReadOnly: true);
        Assert.Empty((await StoreDoctor.ExamineAsync(new SiloOptions { DataDirectory = data })).Faults);
    }

    /// <summary>Trains on a silo that is a process of its own, with what a test does in the middle of it, and looks at everything afterwards.</summary>
    private static async Task TrainAsync(int updates, SiloOptions options, Func<SiloProcess, Task> disturb)
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string>
        {
            ["StepTool__Azure__ConnectionString"] = options.Azure.ConnectionString,
            ["StepTool__Azure__Container"] = options.Azure.Container,
        };
        using (var silo = await SiloProcess.StartAsync(environment, "--storage", options.Storage.ToString(), "--data-dir", options.DataDirectory == new SiloOptions().DataDirectory ? folder.Of("data") : options.DataDirectory))
        {
            using var console = ConsoleProcess.Start(
                folder.Path, "train", "--silo", silo.Url, "--run", "run", "--no-floors", "--iterations", $"{updates}", "--batch", $"{Batch}", "--curve-points", "1", "--dev-tasks", "8", "--test-tasks", "16");
            await console.WaitForAsync("0:0"); // the first look at the run, whatever it is at
            await disturb(silo);
            var ended = await console.EndAsync();
            Assert.True(ended.ExitCode == 0, ended.Errors + silo.Output);
            var shown = await ConsoleRun.OfAsync("runs", "show", "run", "--silo", silo.Url, "--json");
            var stages = JsonDocument.Parse(shown.Output).RootElement.GetProperty("stages").EnumerateArray().ToArray();
            Assert.NotEmpty(stages);
            Assert.All(stages, stage => Assert.Equal((stage.GetProperty("total").GetInt64(), 0), (stage.GetProperty("done").GetInt64(), stage.GetProperty("faults").GetInt64())));
            Assert.Equal(0, await silo.StopAsync());
        }

        var diagnosis = await StoreDoctor.ExamineAsync(options);
        Assert.Empty(diagnosis.Faults.Select(fault => $"{fault.Where}: {fault.What}"));
        Assert.Equal((updates + 1, updates * Batch), (diagnosis.Counts["policy versions"], diagnosis.Counts["ordinals consumed"]));
    }

    private static async Task SaidAsync(SiloProcess silo, string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!silo.Output.Contains(text, StringComparison.Ordinal))
        {
            await Task.Delay(100, patience.Token);
        }
    }
}
