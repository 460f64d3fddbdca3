using System.Collections.Concurrent;
using System.Diagnostics;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Tests.Conformance;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>Silos come and go while a run is at work.</summary>
[Trait("Kind", "Cluster")]
public sealed class ElasticityTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Far below a lease's minute: what waits for one to end by time fails.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _deciding = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [ClusterFact]
    public async Task Join_WhileAllSilosAreFull_TakesWorkWithinSeconds()
    {
        var ground = Ordering(maxEpisodes: 4);
        _ = Hold(ground);
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Live(Plans.Evaluate()));
        await Task.WhenAll(house.Silos.Select(silo => DecidingAsync(House.NameOf(silo))));

        var third = await house.JoinAsync();
        var joined = Stopwatch.StartNew();
        await DecidingAsync(House.NameOf(third));
        Assert.InRange(joined.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));

        _opened.SetResult();
        await OnceEachAsync(house, ground);
    }

    [ClusterFact]
    public async Task Leave_WhileOrdersAreUnderWay_HandsOverBetweenSteps()
    {
        var ground = Ordering(maxEpisodes: 8);
        var order = Hold(ground);
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Live(Plans.Evaluate()));
        await Task.WhenAll(house.Silos.Select(silo => DecidingAsync(House.NameOf(silo))));
        await order.WaitAsync(Patience);

        var leaving = house.LeaveAsync(house.Silos[0]);
        var left = Stopwatch.StartNew();
        _opened.SetResult();
        await OnceEachAsync(house, ground);
        await leaving;
        Assert.InRange(left.Elapsed, TimeSpan.Zero, Soon);
    }

    [ClusterFact]
    public async Task Kill_OneOfThree_EndsEachTaskOnceAndSendsNoOrderTwice()
    {
        var ground = Ordering(maxEpisodes: 4);
        var order = Hold(ground);
        await using var house = await House.StartAsync(ground);
        await house.JoinAsync();
        await house.Run().StartAsync(Plans.Live(Plans.Evaluate()));
        await Task.WhenAll(house.Silos.Select(silo => DecidingAsync(House.NameOf(silo))));
        await order.WaitAsync(Patience);

        await house.KillAsync(house.Silos[0]);
        var killed = Stopwatch.StartNew();
        _opened.SetResult();
        await house.EndedAsync();
        Assert.InRange(killed.Elapsed, TimeSpan.Zero, Soon);

        var outcomes = await house.OutcomesAsync();
        Assert.Equal(Enumerable.Range(0, 12).Select(ordinal => (long)ordinal), outcomes.Select(outcome => outcome.Ordinal));
        Assert.All(ground.Tools.Changed, order => Assert.Equal(1, order.Value));
    }

    [ClusterFact]
    public async Task Silos_ComeGoAndDieWhileTraining_EachEpisodeEndsOnceAndIsLearntOnce()
    {
        var ground = new Ground { Options = options => options.MaxEpisodes = 6 };
        ground.Tools.Mutate = true;
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Live(Plans.Train(iterations: 12), Plans.Evaluate("policy@latest")));
        var change = 0;
        foreach (var step in new Func<Task>[] { Join, Kill, Join, Leave, Join, Kill, Kill, Join })
        {
            await house.DoneAsync(++change * 10);
            await step();
        }

        var status = await house.EndedAsync();
        Assert.Equal((RunPhase.Completed, ""), (status.Phase, status.Failure));
        Assert.Equal(Enumerable.Range(0, 108).Select(ordinal => (long)ordinal), (await house.OutcomesAsync()).Select(outcome => outcome.Ordinal));
        Assert.All(ground.Tools.Changed, order => Assert.Equal(1, order.Value));
        var versions = await house.Grain<IPolicyGrain>("policy").VersionsAsync();
        Assert.Equal((96L, OrdinalSet.Empty.AddRange(0, 96)), (versions.Sum(version => version.Consumed.Count), (await house.Grain<IPolicyGrain>("policy").HeadAsync())!.Consumed));

        Task Join() => house.JoinAsync();
        Task Leave() => house.LeaveAsync(house.Silos[0]);
        Task Kill() => house.KillAsync(house.Silos[0]);
    }

    /// <summary>Three turns: find, order, finish.</summary>
    private Ground Ordering(int maxEpisodes)
    {
        var ground = new Ground
        {
            Policies = TestPolicies.Ordering,
            Options = options => (options.MaxEpisodes, options.MaxWaiting) = (maxEpisodes, 0),
            Deciding = (silo, _) => Deciding(silo).TrySetResult(),
        };
        ground.Tools.Mutate = true;
        return ground;
    }

    /// <summary>Lets no order be answered before the test opens the door. Completes when the first one waits there.</summary>
    private Task Hold(Ground ground)
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ground.Tools.Reply = (request, _) => request.Call.Api == TinyWorld.Order ? HeldAsync(request) : null;
        return first.Task;

        async Task<ToolReply> HeldAsync(ToolRequest request)
        {
            first.TrySetResult();
            await _opened.Task;
            return ground.World.Answer(request.Call, request.Attempt);
        }
    }

    private TaskCompletionSource Deciding(string silo) => _deciding.GetOrAdd(silo, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private Task DecidingAsync(string silo) => Deciding(silo).Task.WaitAsync(Patience);

    /// <summary>All twelve tasks end, each once and well, and each has sent its one order.</summary>
    private static async Task OnceEachAsync(House house, Ground ground)
    {
        Assert.Equal(RunPhase.Completed, (await house.EndedAsync()).Phase);
        var outcomes = await house.OutcomesAsync();
        Assert.Equal(Enumerable.Range(0, 12).Select(ordinal => (long)ordinal), outcomes.Select(outcome => outcome.Ordinal));
        var faults = await house.FaultsAsync();
        Assert.True(faults.Length == 0, string.Join('\n', faults));
        Assert.All(outcomes, outcome => Assert.Equal(EpisodeStatus.Finished, outcome.Status));
        Assert.Equal(Enumerable.Repeat(1, 12), ground.Tools.Changed.Values);
    }
}
