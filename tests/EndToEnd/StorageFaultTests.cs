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
    private const int Updates = 2;
    private const int Endless = 5000;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    [AzuriteFact]
    public async Task Account_AwayForTwentySeconds_EverythingGoesOn()
    {
        using var azurite = await OwnAzurite.StartAsync();

        await TrainAsync(new SiloOptions { Storage = StorageKind.Azure, Azure = azurite.Container }, async silo =>
        {
            await azurite.StopAsync();
            await Task.WhenAll(
                Task.Delay(Outage),
                silo.WaitForAsync("cannot be reached"),
                silo.WaitForAsync("The storage goes on by itself when the cause is gone."));
            await azurite.StartAgainAsync();
        });
    }

    [AzuriteFact]
    public async Task Account_FailsOneWriteInTen_NothingIsLostOrDoneTwice()
    {
        await using var container = TestContainer.Named();
        await using var gateway = await FaultyGateway.StartAsync(container.Options.ConnectionString, failEvery: 10);

        await TrainAsync(new SiloOptions { Storage = StorageKind.Azure, Azure = gateway.Of(container.Options.Container) });

        Assert.True(gateway.Failures > 30, $"Only {gateway.Failures} writes failed.");
    }

    [SmallDiskFact]
    public async Task Disk_FullForAWhile_EverythingGoesOn()
    {
        using var disk = new SmallDisk(megabytes: 128);

        await TrainAsync(new SiloOptions { DataDirectory = Path.Combine(disk.Path, "data") }, async silo =>
        {
            disk.Fill();
            await silo.WaitForAsync("is full; nothing was written. Free some space; the storage then goes on by itself.");
            disk.Free();
        });
    }

    [SmallDiskFact]
    public async Task Directory_ReadOnlyForAWhile_EverythingGoesOn()
    {
        using var disk = new SmallDisk(megabytes: 128);
        using var folder = new TemporaryFolder();
        Directory.CreateSymbolicLink(folder.Of("blobs"), disk.Path); // the database stays open, and so does its file system for writing

        await TrainAsync(new SiloOptions { DataDirectory = folder.Path }, async silo =>
        {
            await disk.ForbidWritingAsync();
            await silo.WaitForAsync("Read-only file system");
            await silo.WaitForAsync("Check space and rights of the folder, then repeat.");
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

    /// <summary>
    /// Trains on a silo that is a process of its own, and looks at everything afterwards. What a test does in the middle of it takes as long as it may: the training has no
    /// end of its own then, and is cancelled once it has gone on behind that.
    /// </summary>
    private static async Task TrainAsync(SiloOptions options, Func<SiloProcess, Task>? disturb = null)
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string>
        {
            ["StepTool__Azure__ConnectionString"] = options.Azure.ConnectionString,
            ["StepTool__Azure__Container"] = options.Azure.Container,
        };
        var least = Updates;
        using (var silo = await SiloProcess.StartAsync(environment, "--storage", options.Storage.ToString(), "--data-dir", options.DataDirectory == new SiloOptions().DataDirectory ? folder.Of("data") : options.DataDirectory))
        {
            using var console = ConsoleProcess.Start(
                folder.Path, "train", "--silo", silo.Url, "--run", "run", "--no-floors", "--iterations", $"{(disturb is null ? Updates : Endless)}", "--batch", $"{Batch}", "--curve-points", "1", "--dev-tasks", "8", "--test-tasks", "16");
            await console.WaitForAsync("0:0"); // the first look at the run, whatever it is at
            if (disturb is not null)
            {
                await disturb(silo);
                least = await UpdatesAsync(silo) + Updates;
                await UpdatedAsync(silo, least);
                Assert.Equal(0, (await ConsoleRun.OfAsync("runs", "cancel", "run", "--silo", silo.Url)).ExitCode);
            }

            var ended = await console.EndAsync();
            Assert.True(ended.ExitCode == (disturb is null ? 0 : 1), ended.Errors + silo.Output);
            var stages = await StagesAsync(silo);
            Assert.NotEmpty(stages);
            Assert.All(stages, stage => Assert.Equal(0, stage.GetProperty("faults").GetInt64()));
            Assert.All(disturb is null ? stages : [], stage => Assert.Equal(stage.GetProperty("total").GetInt64(), stage.GetProperty("done").GetInt64()));
            Assert.Equal(0, await silo.StopAsync());
        }

        var diagnosis = await StoreDoctor.ExamineAsync(options);
        Assert.Empty(diagnosis.Faults.Select(fault => $"{fault.Where}: {fault.What}"));
        var updates = diagnosis.Counts["policy versions"] - 1;
        Assert.InRange(updates, least, disturb is null ? least : Endless);
        Assert.Equal(updates * Batch, diagnosis.Counts["ordinals consumed"]);
    }

    private static async Task<JsonElement[]> StagesAsync(SiloProcess silo)
    {
        var shown = await ConsoleRun.OfAsync("runs", "show", "run", "--silo", silo.Url, "--json");
        return [.. JsonDocument.Parse(shown.Output).RootElement.GetProperty("stages").EnumerateArray()];
    }

    private static async Task<int> UpdatesAsync(SiloProcess silo) => (await StagesAsync(silo)).Sum(stage => stage.GetProperty("updates").GetInt32());

    // Until the training has come so far: nobody tells.
    private static async Task UpdatedAsync(SiloProcess silo, int updates)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await UpdatesAsync(silo) < updates)
        {
            Assert.False(patience.IsCancellationRequested, $"The training has not come to {updates} updates within {Patience}. The silo wrote:\n{silo.Output}");
            await Task.Delay(LookEvery);
        }
    }
}
