using System.Diagnostics;
using StepTool.Core.Episodes;
using StepTool.Grains.Contracts;
using StepTool.Grains.Queue;
using Xunit;

namespace StepTool.Tests.Grains;

[Trait("Kind", "Unit")]
public sealed class ClusterLoadTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly SettableTime _time = new();
    private readonly TestSilos _silos = new();

    [Fact]
    public async Task Read_WithoutWork_WantsNothing()
    {
        await using var house = await StartAsync();
        var load = await Load(house).ReadAsync();
        Assert.Equal((new QueueDepth(0, 0), new WantedSilos(0, 0)), (load.Queue, load.Wanted));
        Assert.Empty(load.Silos);
        Assert.Empty(load.Trainers);
    }

    [Fact]
    public async Task Read_RolloutsOnTheQueue_WantsSilosForAllOfThem()
    {
        await using var house = await StartAsync();
        await Load(house).ReportAsync(new SiloLoad("b", 2, 4));
        await Load(house).ReportAsync(new SiloLoad("a", 1, 5));
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        await house.Grain<IRolloutQueueGrain>(QueueShards.Key(QueueShards.Of(new EpisodeId("run", 0), 8))).TakeAsync("one", 3);
        var load = await Load(house).ReadAsync();
        Assert.Equal([new SiloLoad("a", 1, 5), new SiloLoad("b", 2, 4)], load.Silos.ToArray());
        Assert.Equal((new QueueDepth(9, 3), new WantedSilos(3, 0)), (load.Queue, load.Wanted)); // 12 at 5 a silo
    }

    [Fact]
    public async Task Read_TrainerThatWaitsForItsBatch_IsBehindByWhatWasLogged()
    {
        await using var house = await StartAsync();
        await house.EnqueuedAsync(Plans.Of(Plans.Train(batchSize: 8)));
        var log = house.Grain<ITransitionLogGrain>("policy");
        await Task.WhenAll(Enumerable.Range(0, 3).Select(ordinal => log.AppendAsync(new TransitionEntry(ordinal, "t", 0))));
        var load = await Load(house).ReadAsync();
        var trainer = Assert.Single(load.Trainers);
        Assert.Equal(("policy", 3, false), (trainer.Policy, trainer.Lag, trainer.IsOnGpu));
        Assert.Equal(1, load.Wanted.GpuSilos);
        await house.Run().CancelAsync(null);
        _time.Advance(Second);
        Assert.Empty((await Load(house).ReadAsync()).Trainers);
    }

    [Fact]
    public async Task Read_SiloThatIsSilentOrHasLeft_IsForgotten()
    {
        await using var house = await StartAsync();
        await Load(house).ReportAsync(new SiloLoad("silent", 1, 4));
        _time.Advance(9 * Second);
        await Load(house).ReportAsync(new SiloLoad("left", 1, 4));
        await Load(house).ReportAsync(new SiloLoad("here", 1, 4));
        Assert.Equal(["here", "left", "silent"], (await Load(house).ReadAsync()).Silos.Select(silo => silo.Silo));
        _silos.Left.Add("left");
        _time.Advance(Second);
        Assert.Equal(["here"], (await Load(house).ReadAsync()).Silos.Select(silo => silo.Silo));
    }

    [Fact]
    public async Task Read_AgainWithinASecond_AsksNobody()
    {
        await using var house = await StartAsync();
        var before = await Load(house).ReadAsync();
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        Assert.Equal(before.Queue, (await Load(house).ReadAsync()).Queue);
        _time.Advance(Second);
        Assert.Equal(12, (await Load(house).ReadAsync()).Queue.Waiting);
    }

    [Fact]
    public async Task Pump_OfEachSilo_ReportsWhatItHolds()
    {
        var decides = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously); // however far the clock is put, nothing ends before
        var ground = new Ground { Time = _time, Options = options => options.MaxEpisodes = 3, Policies = new TestPolicies(_ => new Finish()) { Before = () => decides.Task } };
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Of(Plans.Evaluate()));
        var expected = house.Silos.Select(House.NameOf).Order(StringComparer.Ordinal).Select(silo => new SiloLoad(silo, 3, 3)).ToArray();
        var load = await Load(house).ReadAsync();
        for (var since = Stopwatch.StartNew(); since.Elapsed < Patience && !load.Silos.SequenceEqual(expected);)
        {
            _time.Advance(Second); // each pump's next report, and a fresh answer
            load = await Load(house).ReadAsync();
        }

        decides.SetResult();
        Assert.Equal(expected, load.Silos.ToArray());
        Assert.Equal(4, load.Wanted.Silos);
    }

    private Task<House> StartAsync() => House.StartAsync(new Ground { HasPump = false, Time = _time, Silos = _silos });

    private static IClusterLoadGrain Load(House house) => house.Grain<IClusterLoadGrain>(IClusterLoadGrain.Key);
}
