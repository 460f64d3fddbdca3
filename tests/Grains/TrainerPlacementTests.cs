using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Tests.Conformance;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>Training follows the GPU, and comes to the same weights wherever it went.</summary>
[Trait("Kind", "Cluster")]
public sealed class TrainerPlacementTests
{
    private const int Batch = 8;
    private static readonly RunPlan Plan = Plans.Of(Plans.Train(iterations: 5, batchSize: Batch, deterministic: true));
    private static readonly (string, string) Gpu = ("gpu", "true");
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Train_WithoutAGpu_RunsAnywhereAndSaysSoOnce()
    {
        var ground = new Ground();
        await using var house = await House.StartAsync(ground);
        await house.CompleteAsync(Plan);
        var status = await Trainer(house).StatusAsync();
        Assert.Contains(status.Silo, house.Silos.Select(House.NameOf));
        Assert.False(status.IsOnGpu);
        Assert.Equal(1, ground.Store.Log.Count("no silo is labelled gpu=true"));
    }

    [ClusterFact]
    public async Task Train_SiloWithGpuJoins_MovesThereBetweenTwoUpdates()
    {
        var ground = Held();
        await using var house = await House.StartAsync(ground);
        await TwoUpdatesAsync(house, ground);
        var moved = ground.Store.Log.NextAsync("for a silo labelled gpu=true");
        var gpu = await house.JoinAsync(Gpu);
        await moved;
        await SameWeightsAsync(house);
        Assert.Equal((House.NameOf(gpu), true), Where(await Trainer(house).StatusAsync()));
        Assert.Same(gpu, house.Holder(Trainer(house)));
    }

    [ClusterFact]
    public Task Train_LastSiloWithGpuLeaves_GoesOnElsewhere() => AfterLossAsync(static (house, gpu) => house.LeaveAsync(gpu));

    [ClusterFact]
    public Task Train_LastSiloWithGpuDies_GoesOnElsewhere() => AfterLossAsync(static (house, gpu) => house.KillAsync(gpu));

    private async Task AfterLossAsync(Func<House, IServiceProvider, Task> lose)
    {
        var ground = Held();
        await using var house = await House.StartAsync(ground);
        var gpu = await house.JoinAsync(Gpu);
        await TwoUpdatesAsync(house, ground);
        Assert.Equal((House.NameOf(gpu), true), Where(await Trainer(house).StatusAsync()));
        await lose(house, gpu);
        await SameWeightsAsync(house);
        var (silo, isOnGpu) = Where(await Trainer(house).StatusAsync());
        Assert.Contains(silo, house.Silos.Select(House.NameOf));
        Assert.False(isOnGpu);
    }

    /// <summary>Starts the plan; its third batch waits.</summary>
    private static async Task TwoUpdatesAsync(House house, Ground ground)
    {
        await house.Run().StartAsync(Plan);
        await ground.Store.WhenAsync<PolicyState>("policy", "policy", state => state.Versions.Length == 3);
    }

    /// <summary>Lets training go on to its end: the weights, optimiser and random state of each version are those of undisturbed training, and each ordinal was consumed once.</summary>
    private async Task SameWeightsAsync(House house)
    {
        _opened.SetResult();
        Assert.Equal(RunPhase.Completed, (await house.EndedAsync()).Phase);
        await using var undisturbed = await House.StartAsync(new Ground());
        await undisturbed.CompleteAsync(Plan);
        var versions = await house.Grain<IPolicyGrain>("policy").VersionsAsync();
        Assert.Equal(Hashes(await undisturbed.Grain<IPolicyGrain>("policy").VersionsAsync()), Hashes(versions));
        Assert.Equal(Enumerable.Range(0, 5).Select(update => OrdinalSet.Empty.AddRange(Batch * update, Batch * (update + 1))), versions.Skip(1).Select(version => version.Consumed));
    }

    private Ground Held()
    {
        var ground = new Ground();
        ground.Tools.Reply = (request, _) => EpisodeId.Parse(request.CallId.Split('#')[0]).Ordinal < 2 * Batch ? null : HeldAsync(request);
        return ground;

        async Task<ToolReply> HeldAsync(ToolRequest request)
        {
            await _opened.Task;
            return ground.World.Answer(request.Call, request.Attempt);
        }
    }

    private static ITrainerGrain Trainer(House house) => house.Grain<ITrainerGrain>("policy");

    private static (string Silo, bool IsOnGpu) Where(TrainerStatus status) => (status.Silo, status.IsOnGpu);

    private static string[] Hashes(IEnumerable<PolicyManifest> versions) => [.. versions.Select(version => $"{version.Version} {version.Weights} {version.Learner}")];
}
