using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Learning.Models;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>Training through the real house: run, queue, tasks, log, trainer and policy.</summary>
[Trait("Kind", "Simulation")]
public sealed class TrainerGrainTests
{
    [Fact]
    public async Task Train_Deterministic_TakesExactlyTheIntervalsOnPolicy()
    {
        await using var house = await House.StartAsync(new Ground());
        var status = await house.CompleteAsync(Plans.Of(Plans.Train(deterministic: true), Plans.Evaluate("policy@latest")));
        Assert.Equal((RunPhase.Completed, 3), (status.Phase, status.Stages[0].Updates));
        var versions = await Policy(house).VersionsAsync();
        Assert.Equal(Enumerable.Range(0, 3).Select(update => OrdinalSet.Empty.AddRange(8 * update, 8 * (update + 1))), versions.Skip(1).Select(version => version.Consumed));
        Assert.All(versions.Skip(1), version => Assert.Equal(0, version.Metrics["staleness"]));
        Assert.Equal(3, (await Policy(house).HeadAsync())!.Promoted.Version);
        Assert.All((await house.OutcomesAsync()).Skip(24), outcome => Assert.Equal(3, outcome.Version));
    }

    [Fact]
    public async Task Train_UntilTurns_EndsWithTheEpisodeThatReachesThemAndTheNextStageFollows()
    {
        await using var house = await House.StartAsync(new Ground());
        var status = await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 30) with { UntilTurns = 21 }, Plans.Evaluate("policy@latest")));
        var versions = await Policy(house).VersionsAsync();
        var longest = (await house.OutcomesAsync()).Max(outcome => outcome.Result.Turns);
        Assert.InRange(versions[^1].Turns, 21, 21 + longest - 1);
        Assert.All(versions[..^1], version => Assert.InRange(version.Turns, 0, 20));
        Assert.Equal((RunPhase.Completed, versions.Length - 1, versions[^1].Version), (status.Phase, status.Stages[0].Updates, (await Policy(house).HeadAsync())!.Promoted.Version));
        Assert.True(status.Stages[0].Done < status.Stages[0].Total, "The stage was to end before all its updates.");
        Assert.All((await house.OutcomesAsync()).Where(outcome => outcome.Ordinal >= status.Stages[0].Total), outcome => Assert.Equal(versions[^1].Version, outcome.Version));
    }

    [Fact]
    public async Task Train_FromAStart_BeginsWithItsWeightsAndFreshMoments()
    {
        var ground = new Ground();
        await using var house = await House.StartAsync(ground);
        await house.CompleteAsync(Plans.Of(Plans.Train(), Plans.Train() with { Name = "second", Policy = "other", Start = "policy" }));
        var (start, first) = ((await Policy(house).HeadAsync())!.Latest, (await house.Grain<IPolicyGrain>("other").VersionsAsync())[0]);
        Assert.Equal(("policy@3", 0, 0L), (first.Origin, first.Version, first.Turns));
        Assert.Equal((await WeightsAsync(ground, start)).Memory.ToArray(), (await WeightsAsync(ground, first)).Memory.ToArray());
        Assert.True(start.Weights != first.Weights, "Two policies share a blob, which goes with the first of them that is removed.");
    }

    [Fact]
    public async Task Train_FromAStartThatIsNotThere_FailsTheRunWithTheRemedy()
    {
        await using var house = await House.StartAsync(new Ground());
        var status = await house.CompleteAsync(Plans.Of(Plans.Train() with { Start = "nobody" }));
        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Contains("start from policy 'nobody', which does not exist. Train that one first", status.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_AtTurns_TakesTheFirstVersionThatHadLearntFromThem()
    {
        await using var house = await House.StartAsync(new Ground());
        await house.CompleteAsync(Plans.Of(Plans.Train(), Plans.Evaluate("policy@latest") with { AtTurns = 1 }, Plans.Evaluate("policy@latest") with { AtTurns = 1_000_000 }));
        var measured = (await house.OutcomesAsync()).Where(outcome => outcome.Ordinal >= 24).Select(outcome => outcome.Version).Distinct();
        Assert.Equal([1, 3], measured.Order());
    }

    [Fact]
    public async Task Evaluate_AtTurnsOfAPolicyThatIsNotThere_FailsTheRunWithTheReason()
    {
        await using var house = await House.StartAsync(new Ground());
        var status = await house.CompleteAsync(Plans.Of(Plans.Evaluate("nobody@latest") with { AtTurns = 1 }));
        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Contains("Policy 'nobody' does not exist", status.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Train_AsTheyFinish_ConsumesEachOnceWithinTheStaleness(int staleness)
    {
        var ground = new Ground();
        await using var house = await House.StartAsync(ground);
        await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 6, batchSize: 4, staleness: staleness)));
        var versions = await Policy(house).VersionsAsync();
        Assert.Equal([4L, 4, 4, 4, 4, 4], versions.Skip(1).Select(version => version.Consumed.Count));
        Assert.Equal(OrdinalSet.Empty.AddRange(0, 24), (await Policy(house).HeadAsync())!.Consumed);

        // A rollout is admitted when at most so many updates are missing before its own, and may be passed over for two batches.
        Assert.All(versions.Skip(1), version => Assert.InRange(version.Metrics["staleness"], 0, staleness == 0 ? 0 : staleness + 2));
    }

    [Fact]
    public async Task Train_CrashAfterAnUpdate_GoesOnToTheSameWeights()
    {
        var plan = Plans.Of(Plans.Train(iterations: 4, deterministic: true));
        await using var undisturbed = await House.StartAsync(new Ground());
        await undisturbed.CompleteAsync(plan);

        var ground = new Ground();
        await using var first = await House.StartAsync(ground);
        await first.Run().StartAsync(plan);
        await ground.Store.WhenAsync<PolicyState>("policy", "policy", state => state.Versions.Length >= 3);
        first.Crash();
        await using var second = await House.StartAsync(ground);
        Assert.Equal(RunPhase.Completed, (await second.EndedAsync()).Phase);
        Assert.Equal(Hashes(await Policy(undisturbed).VersionsAsync()), Hashes(await Policy(second).VersionsAsync()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Train_StorageFailsOneWriteInTen_ComesToTheSameWeights(bool failsAfterStoring)
    {
        var plan = Plans.Of(Plans.Train(iterations: 2, deterministic: true));
        await using var reliable = await House.StartAsync(new Ground());
        await reliable.CompleteAsync(plan);

        var ground = new Ground();
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(plan);
        (ground.Store.FailsAfterStoring, ground.Store.FailEvery) = (failsAfterStoring, 10);
        Assert.Equal(RunPhase.Completed, (await house.EndedAsync()).Phase);
        Assert.Equal(await reliable.TrajectoriesAsync(), await house.TrajectoriesAsync());
        Assert.Equal(Hashes(await Policy(reliable).VersionsAsync()), Hashes(await Policy(house).VersionsAsync()));
    }

    [Fact]
    public async Task Train_FaultedEpisodes_AreExcludedAndCounted()
    {
        var ground = new Ground();
        ground.Tools.Reply = (request, _) => EpisodeId.Parse(request.CallId.Split('#')[0]).Ordinal % 4 == 1
            ? Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")))
            : null;
        await using var house = await House.StartAsync(ground);
        var status = await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 3)));
        var faulted = (await house.OutcomesAsync()).Count(outcome => outcome.Status == EpisodeStatus.Faulted);
        var versions = await Policy(house).VersionsAsync();
        Assert.InRange(faulted, 1, 6); // those that finish at once call nothing
        Assert.Equal((faulted, (long)faulted, 24L), (versions.Sum(version => version.Excluded), status.Stages[0].Faults, (await Policy(house).HeadAsync())!.Consumed.Count));
    }

    [Fact]
    public async Task Train_AfterACancelledRun_StartsAfreshAndCompletes()
    {
        var ground = new Ground();
        var (held, never) = (new TaskCompletionSource(), new TaskCompletionSource<ToolReply>());
        ground.Tools.Reply = (request, _) =>
        {
            // One slow episode leaves a hole in what the first run consumes.
            if (!request.CallId.StartsWith("run/2#", StringComparison.Ordinal))
            {
                return null;
            }

            held.TrySetResult();
            return never.Task;
        };
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Of(Plans.Train(iterations: 20, batchSize: 4)));
        await ground.Store.WhenAsync<PolicyState>("policy", "policy", state => state.Versions.Length >= 2);
        await house.Run().CancelAsync(null);
        never.SetResult(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")));
        await house.IdleAsync();

        var before = (await Policy(house).HeadAsync())!;
        var status = await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 3, batchSize: 4)) with { Run = "second" });
        var after = (await Policy(house).HeadAsync())!;
        Assert.Equal((RunPhase.Completed, ""), (status.Phase, status.Failure));
        Assert.Equal((before.Latest.Version + 3, before.Consumed.Count + 12), (after.Latest.Version, after.Consumed.Count));
    }

    [Fact]
    public async Task Train_PolicyOfAnotherOpenRun_IsRefusedAndLeavesThatRunAlone()
    {
        var ground = new Ground { HasPump = false };
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Train()));
        var status = await house.CompleteAsync(Plans.Of(Plans.Train()) with { Run = "second" });
        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Contains("is being trained by run 'run'", status.Failure, StringComparison.Ordinal);
        Assert.True((await house.Grain<ITrainerGrain>("policy").StatusAsync()).IsTraining);
    }

    [Fact]
    public async Task Train_OtherNumberOfHiddenUnits_IsRefused()
    {
        await using var house = await House.StartAsync(new Ground());
        await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 1)));
        var status = await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 1) with { Settings = new TrainingSettings { Hidden = 16 } }) with { Run = "second" });
        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Contains("has 8 hidden units; 16 were asked for", status.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rft", "accepted")]
    [InlineData("ppo", "rows")]
    [InlineData("eto", "pairs")]
    [InlineData("archer", "rows")]
    public async Task Train_OtherMethods_PublishEveryUpdateAndTheSameAgain(string method, string metric)
    {
        var plan = Plans.Of(Plans.Train(deterministic: true) with { Attempts = 4, Settings = new TrainingSettings { Hidden = 8, Method = method } });
        await using var house = await House.StartAsync(new Ground());
        var status = await house.CompleteAsync(plan);
        await using var again = await House.StartAsync(new Ground());
        await again.CompleteAsync(plan);
        Assert.Equal((RunPhase.Completed, 3), (status.Phase, status.Stages[0].Updates));
        var versions = await Policy(house).VersionsAsync();
        Assert.Equal(Hashes(versions), Hashes(await Policy(again).VersionsAsync()));
        Assert.All(versions.Skip(1), version => Assert.Equal(version.Metrics[metric] > 0, version.Metrics["rows"] > 0));
    }

    [Theory]
    [InlineData("grpo", false, "Method 'grpo' is not known. Choose one of sft, rft, ppo, eto, archer, steptool.")]
    [InlineData("sft", true, "learns from demonstrations, and world 'tiny' has none")]
    public async Task Train_MethodThatCannotBe_FailsTheRunWithTheRemedy(string method, bool demonstrated, string expected)
    {
        await using var house = await House.StartAsync(new Ground());
        var stage = Plans.Train(iterations: 1) with { Demonstrated = demonstrated, Settings = new TrainingSettings { Hidden = 8, Method = method } };
        var failure = await FailureAsync(house, Plans.Of(stage));
        Assert.Contains(expected, failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_PolicyThatDoesNotExist_FailsTheRunWithTheRemedy()
    {
        await using var house = await House.StartAsync(new Ground());
        var status = await house.CompleteAsync(Plans.Of(Plans.Evaluate("nobody@latest")));
        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Contains("'nobody' does not exist; see 'steptool policy list'", status.Failure, StringComparison.Ordinal);
    }

    private static async Task<NetworkWeights> WeightsAsync(Ground ground, PolicyManifest version) => (await ground.Blobs.GetAsync(version, withLearner: false, default)).Weights;

    // A plan may be refused when it is handed in, or fail when its stage begins.
    private static async Task<string> FailureAsync(House house, RunPlan plan)
    {
        try
        {
            return (await house.CompleteAsync(plan)).Failure;
        }
        catch (ArgumentException exception)
        {
            return exception.Message;
        }
    }

    private static IPolicyGrain Policy(House house) => house.Grain<IPolicyGrain>("policy");

    private static string[] Hashes(IEnumerable<PolicyManifest> versions) => [.. versions.Select(version => $"{version.Version} {version.Weights} {version.Learner}")];
}
