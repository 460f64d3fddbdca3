using System.Collections.Immutable;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Grains.Runs;
using StepTool.Silo.Storage;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>Versions that are measured, promoted, kept and removed.</summary>
[Trait("Kind", "Simulation")]
public sealed class PolicyLifecycleTests
{
    [Fact]
    public async Task Gate_VersionThatIsWorse_StaysBehindAndOneThatIsNotServes()
    {
        // Version 1 gives up at once; 0 and 2 solve every task.
        var ground = new Ground { Policies = new Versions(version => version == 1 ? [] : [TinyWorld.Find, TinyWorld.Price]) };
        await using var house = await House.StartAsync(ground);
        var policy = house.Grain<IPolicyGrain>("policy");
        for (var version = 0; version < 3; version++)
        {
            await policy.PublishAsync(Manifest(version));
        }

        await house.CompleteAsync(Gated("worse", 1));
        Assert.Equal(0, (await policy.HeadAsync())!.Promoted.Version);
        await house.CompleteAsync(Gated("equal", 2));
        Assert.Equal(2, (await policy.HeadAsync())!.Promoted.Version);
        await house.CompleteAsync(Gated("again", 1));

        var history = await policy.HistoryAsync();
        Assert.Equal([("worse", 1, 0, false), ("equal", 2, 0, true), ("again", 1, 2, false)], history.Gates.Select(gate => (gate.Run, gate.Version, gate.Against, gate.Passes)));
        Assert.All(history.Gates, gate => Assert.Equal(12, gate.Tasks));
        Assert.True(history.Gates[0].Difference!.High < 0);
        Assert.Equal([2], history.Promotions.AsEnumerable());
        Assert.Empty(history.Pins);
    }

    [Fact]
    public async Task Promotion_RolledBackBeforeItsRunRepeatsIt_StaysRolledBack()
    {
        var held = new TaskCompletionSource();
        var store = new TestStore { Before = (_, written) => written is RunState { Stage: 2 } ? held.Task : Task.CompletedTask };
        var blobs = new MemoryBlobStore();
        await using (var first = await House.StartAsync(new Ground { Store = store, Blobs = blobs }))
        {
            await first.Run().StartAsync(Plans.Of(Plans.Train(iterations: 1), Plans.Train(iterations: 1) with { Name = "again" }));
            await store.WhenAsync<PolicyState>("policy", "policy", policy => policy.Promotions is [1, 2]);
            first.Crash();
            held.SetResult();
        }

        await using var second = await House.StartAsync(new Ground { Store = store, Blobs = blobs, HasPump = false });
        Assert.Equal(1, (await second.Grain<IPolicyGrain>("policy").RollBackAsync(from: 2)).Promoted.Version);
        await second.Run().PokeAsync();

        Assert.Equal(RunPhase.Completed, (await second.EndedAsync()).Phase);
        Assert.Equal([1], (await second.Grain<IPolicyGrain>("policy").HistoryAsync()).Promotions.AsEnumerable());
    }

    [Fact]
    public async Task Gate_WhileTrainingPublishes_JudgesWhatItPinnedAndTrainingGoesOnFromTheLatest()
    {
        var ground = new Ground();
        var held = new HeldCall(ground.World);
        ground.Tools.Reply = (request, _) => request.CallId.StartsWith("gate/1", StringComparison.Ordinal) && !held.Called.IsCompleted ? held.ReplyAsync(request) : null;
        await using var house = await House.StartAsync(ground);
        var policy = house.Grain<IPolicyGrain>("policy");
        await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 1) with { Promotes = false }));
        await house.Run("gate").StartAsync(Gated("gate", "latest"));
        await held.Called; // the gate is at work

        var training = await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 3) with { Promotes = false }) with { Run = "more" });
        var (during, judged) = ((await policy.HeadAsync())!, (await policy.HistoryAsync()).Gates);
        held.Answer();
        await house.EndedAsync("gate");

        Assert.Equal((RunPhase.Completed, 3, 4, 0), (training.Phase, training.Stages[0].Updates, during.Latest.Version, during.Promoted.Version));
        Assert.Empty(judged);
        Assert.Equal([-1, 0, 1, 2, 3], (await policy.VersionsAsync()).Select(version => version.Parent));
        Assert.Equal((1, 0), Assert.Single((await policy.HistoryAsync()).Gates.Select(gate => (gate.Version, gate.Against))));
        Assert.Equal([0, 1], (await house.OutcomesAsync("gate")).Select(outcome => outcome.Version!.Value).Distinct());
        Assert.InRange((await policy.HeadAsync())!.Promoted.Version, 0, 1);
    }

    [Fact]
    public async Task Gate_PromotedByHandMeanwhile_PromotesNothing()
    {
        var ground = new Ground();
        await using var house = await House.StartAsync(ground);
        var policy = house.Grain<IPolicyGrain>("policy");
        for (var version = 0; version < 3; version++)
        {
            await policy.PublishAsync(Manifest(version));
        }

        await policy.PromoteAsync(1, from: 0);
        var result = new GateResult("run", "gate", 2, 0, true, 12, null);
        Assert.Equal(1, (await policy.JudgeAsync(result)).Promoted.Version);
        Assert.Equal(1, (await policy.JudgeAsync(result with { Against = 1 })).Promoted.Version); // the same stage again
        Assert.Single((await policy.HistoryAsync()).Gates);
    }

    [Fact]
    public async Task Train_Gated_LearnsOnFromTheNewestWhateverTheGatesFind()
    {
        await using var house = await House.StartAsync(new Ground());
        var part = Plans.Train(iterations: 2, deterministic: true) with { Promotes = false };
        var status = await house.CompleteAsync(Plans.Of(Look("dev@0"), part, Look("dev@2") with { IsGate = true }, part with { Name = "more" }, Look("dev@4") with { IsGate = true }));

        Assert.Equal(RunPhase.Completed, status.Phase);
        var policy = house.Grain<IPolicyGrain>("policy");
        var (versions, history) = (await policy.VersionsAsync(), await policy.HistoryAsync());
        Assert.Equal([2, 4], history.Gates.Select(gate => gate.Version));
        Assert.Equal(history.Gates.LastOrDefault(gate => gate.Passes)?.Version ?? 0, (await policy.HeadAsync())!.Promoted.Version);
        Assert.Equal(Enumerable.Range(-1, 5), versions.Select(version => version.Parent));
        Assert.All(versions, version => Assert.Equal("run", version.Run));

        // Where each version's episodes stand among the run's ordinals: 12 looks, 16 episodes, 12 looks, 16 episodes.
        Assert.Equal(new long[][] { [], [12, 20], [20, 28], [40, 48], [48, 56] }, versions.Select(version => version.Episodes.Bounds.ToArray()));
    }

    [Fact]
    public async Task Train_KeepingFewVersions_RemovesOlderOnesAndLearnsOn()
    {
        var ground = new Ground();
        await using var house = await House.StartAsync(ground);
        var training = Plans.Train(iterations: 9) with { KeptVersions = 5, Promotes = false };
        await house.CompleteAsync(Plans.Of(Look("dev@0"), training, Look("dev@9") with { IsGate = true }) with { Run = "first" });
        var policy = house.Grain<IPolicyGrain>("policy");
        var kept = await policy.VersionsAsync();
        Assert.Equal([1, 2, 3, 4], Removed(kept)); // 0 serves, or did
        await house.CompleteAsync(Plans.Of(Look("dev@9") with { Policy = PolicyReference.Parse("policy@promoted") }, training, Look("dev@18") with { IsGate = true, Policy = PolicyReference.Parse("policy@latest") }) with { Run = "second" });

        var versions = await policy.VersionsAsync();
        Assert.Equal(19, versions.Length);
        foreach (var version in versions)
        {
            foreach (var blob in new[] { version.Description, version.Weights, version.Learner })
            {
                Assert.Equal(!version.IsRemoved, await ground.Blobs.ExistsAsync(blob, default));
            }
        }

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => policy.PromoteAsync(1, from: 0));
        Assert.Contains("Version 1 of policy 'policy' was removed", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => policy.PinAsync("@1", 1));
        var failed = await house.CompleteAsync(Plans.Of(Plans.Evaluate("policy@1")) with { Run = "third" });
        Assert.Contains("was removed", failed.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retain_PromotedPinnedNewestAndForeign_StayAndAFailedWriteIsMadeUpFor()
    {
        var ground = new Ground { HasPump = false };
        await using var house = await House.StartAsync(ground);
        var policy = house.Grain<IPolicyGrain>("policy");
        for (var version = 0; version < 9; version++)
        {
            var blob = await ground.Blobs.PutAsync(new[] { (byte)version }, default);
            await policy.PublishAsync(Manifest(version) with { Description = blob, Weights = blob, Learner = blob, Run = version == 3 ? "" : "run" });
        }

        await policy.PromoteAsync(1, from: 0);
        await policy.PromoteAsync(5, from: 1);
        await policy.PinAsync("other-run", 2);
        await policy.PinAsync("@4", 4);
        var writes = 0;
        ground.Store.Fails = (state, _, _) => state == "policy" && ++writes == 2; // the versions are marked, their blobs gone, and that is not noted

        await Assert.ThrowsAnyAsync<Exception>(() => policy.RetainAsync(2));
        await house.DeactivateAsync(policy);
        Assert.Empty(await policy.RetainAsync(2));

        var versions = await policy.VersionsAsync();
        Assert.Equal([0, 6], Removed(versions));
        var stored = await StoredAsync(ground.Blobs, versions);
        Assert.Equal([1, 2, 3, 4, 5, 7, 8], stored);
        Assert.Equal(1, (await policy.RollBackAsync(from: 5)).Promoted.Version);
        await policy.UnpinAsync("@4");
        var more = await policy.RetainAsync(2);
        Assert.Equal([4, 5], more.AsEnumerable());
    }

    private static EvaluateStage Look(string name) => Plans.Evaluate("policy@latest") with { Name = name };

    private static RunPlan Gated(string run, int version) => Gated(run, $"{version}");

    private static RunPlan Gated(string run, string version)
    {
        var gate = Plans.Evaluate($"policy@{version}") with { IsGate = true };
        return Plans.Of(Plans.Evaluate("policy@promoted"), gate) with { Run = run };
    }

    private static PolicyManifest Manifest(int version) => new(
        version, version - 1, "description", $"weights {version}", "learner", OrdinalSet.Empty, 0, ImmutableSortedDictionary<string, double>.Empty, new TrainingSettings());

    private static int[] Removed(IEnumerable<PolicyManifest> versions) => [.. versions.Where(version => version.IsRemoved).Select(version => version.Version)];

    private static async Task<List<int>> StoredAsync(IBlobStore blobs, IEnumerable<PolicyManifest> versions)
    {
        var stored = new List<int>();
        foreach (var version in versions)
        {
            if (await blobs.ExistsAsync(version.Weights, default))
            {
                stored.Add(version.Version);
            }
        }

        return stored;
    }

    /// <summary>Policies that each version plays in a way of its own: the APIs it calls, and then it finishes.</summary>
    private sealed class Versions(Func<int, Core.Tools.ApiKey[]> calls) : IPolicySource
    {
        public ValueTask<PinnedPolicy> GetAsync(PolicyReference reference, CancellationToken cancellationToken)
        {
            Assert.Equal(PolicyPin.Version, reference.Pin); // each rollout is pinned
            var policy = TestPolicies.InOrder(situation => [.. calls(reference.Version).Select(
                api => api == TinyWorld.Find ? TinyWorld.FindCall(TinyWorld.ItemOf(situation.Task)) : (AgentAction)TinyWorld.PriceCall(TinyWorld.ItemOf(situation.Task)))]);
            return ValueTask.FromResult(new PinnedPolicy(policy, reference.Version));
        }
    }
}
