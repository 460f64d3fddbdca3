using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Grains.Training;
using StepTool.Learning.Learner;
using StepTool.Silo.Storage;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>What an operator sees of training that cannot go on, or that finds nothing to learn from.</summary>
[Trait("Kind", "Simulation")]
public sealed class TrainerSafetyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Train_AllFaulted_FailsTheRunWithTheReason()
    {
        var ground = new Ground { Policies = new TestPolicies(_ => Episodes.TinyWorld.NewsCall()) };
        ground.Tools.Reply = (_, _) => Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")));
        await using var house = await House.StartAsync(ground);
        var status = await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 1)));
        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Contains("can be learnt from", status.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_WeightOverflows_StopsWithItsTensorsNameAndKeepsTheLastVersion()
    {
        // A version whose optimiser's moments make the next step infinite; it acts well enough.
        var ground = new Ground();
        await using var house = await House.StartAsync(ground);
        var stage = Plans.Train(iterations: 2, deterministic: true);
        var good = house.Services.GetRequiredService<LearnerHost>().Create(stage.Settings);
        var moment = new float[good.Weights.Layout.TrainedLength];
        good.Weights.Layout.SecondWeight.Of(moment.AsSpan()).Fill(float.MaxValue);
        var spoilt = new LearnerState(good.Weights, good.Reference, moment, good.SecondMoment, 0, good.KlCoefficient, good.Random);
        var published = await Policy(house).PublishAsync(await ground.Blobs.PutAsync("policy", spoilt, 0, "run", OrdinalSet.Empty, stage.Settings, default));

        var status = await house.CompleteAsync(Plans.Of(stage));

        var expected = $"The weight of tensor '{good.Weights.Layout.SecondWeight.Name}' is -Infinity at index 0; it must be finite. The update was dropped and the weights are unchanged.";
        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Contains(expected, status.Failure, StringComparison.Ordinal);
        Assert.Contains(expected, (await house.Grain<ITrainerGrain>("policy").StatusAsync()).Failure, StringComparison.Ordinal);
        Assert.Equal(1, ground.Store.Log.Count("Training of policy stopped; its last published version stays."));
        var head = (await Policy(house).HeadAsync())!;
        Assert.Equal((0, published.Latest.Weights, published.Latest.Learner, 0L), (head.Latest.Version, head.Latest.Weights, head.Latest.Learner, head.Consumed.Count));
    }

    [Fact]
    public async Task Train_LearnersBlobIsDamaged_FailsTheRunWithTheReasonAndGoesOnByAnotherOnceItIsPutBack()
    {
        const string Damage = "The blob of the learner is missing. Put back a copy of it.";
        var (kept, damaged) = (new MemoryBlobStore(), ReadOnlyMemory<byte>.Empty);
        var ground = new Ground { Blobs = new BrokenBlobs(kept, content => !damaged.IsEmpty && content.Span.SequenceEqual(damaged.Span) ? StorageException.OfDamage(Damage) : null) };
        await using (var first = await House.StartAsync(ground))
        {
            await first.CompleteAsync(Plans.Of(Plans.Train(iterations: 1)));
            damaged = await kept.GetAsync((await Policy(first).HeadAsync())!.Latest.Learner, default);
        }

        await using var house = await House.StartAsync(ground);
        var status = await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 1)) with { Run = "next" });
        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Contains($"policy@1: training cannot go on from this version: {Damage} Then start the training of 'policy' again", status.Failure, StringComparison.Ordinal);
        Assert.Equal(1, ground.Store.Log.Count("Training of policy stopped"));

        damaged = ReadOnlyMemory<byte>.Empty;
        Assert.Equal(RunPhase.Completed, (await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 1)) with { Run = "last" })).Phase);
        Assert.Equal(2, (await Policy(house).HeadAsync())!.Latest.Version);
    }

    [Fact]
    public async Task Train_RunawayKl_IsStoppedAndSaidInEveryVersion()
    {
        await using var house = await House.StartAsync(new Ground());
        var stage = Plans.Train(deterministic: true) with { Settings = new TrainingSettings { Hidden = 8, Epochs = 100, LearningRate = 0.1 } };
        var status = await house.CompleteAsync(Plans.Of(stage));
        Assert.Equal(RunPhase.Completed, status.Phase);
        Assert.All((await Policy(house).VersionsAsync()).Skip(1), version => Assert.True(version.Metrics is var metrics && metrics["klLimited"] == 1 && metrics["epochs"] < 100));
    }

    [Fact]
    public async Task Train_PolicyRunsAway_FailsTheRunWithTheReasonAndKeepsTheLastVersion()
    {
        await using var house = await House.StartAsync(new Ground());
        var stage = Plans.Train(deterministic: true) with { Settings = new TrainingSettings { Hidden = 8, MiniBatch = 4, LearningRate = 1 } };
        var status = await house.CompleteAsync(Plans.Of(stage));
        Assert.Equal((RunPhase.Failed, 0), (status.Phase, (await Policy(house).HeadAsync())!.Latest.Version));
        Assert.Contains("nats a decision; it may be at most 5. The update was dropped", status.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rft")]
    [InlineData("eto")]
    public async Task Train_NothingToLearnFrom_PublishesTheSameWeightsAndSaysSo(string method)
    {
        var ground = new Ground { Policies = TestPolicies.InOrder(_ => []) }; // finishes at once and solves nothing
        await using var house = await House.StartAsync(ground);
        var status = await house.CompleteAsync(Plans.Of(Plans.Train(deterministic: true) with { Settings = new TrainingSettings { Hidden = 8, Method = method } }));
        var versions = await Policy(house).VersionsAsync();
        Assert.Equal((RunPhase.Completed, 3), (status.Phase, status.Stages[0].Updates));
        Assert.All(versions.Skip(1), version => Assert.Equal((0.0, 0.0), (version.Metrics["rows"], version.Metrics[method == "eto" ? "pairs" : "accepted"])));
        var weights = new List<string>();
        foreach (var version in versions.Skip(1))
        {
            weights.Add(string.Join(' ', (await ground.Blobs.GetAsync(version, withLearner: false, default)).Weights.Memory.ToArray()));
        }

        Assert.Single(weights.Distinct());
    }

    [Fact]
    public async Task Prepare_PublishOfAStoppedRunIsUnderWay_TellsOfItsVersion()
    {
        var blobs = new HeldBlobs(new MemoryBlobStore());
        var ground = new Ground { Blobs = blobs };
        var (writing, written) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        ground.Store.Before = (_, content) =>
        {
            if (content is not PolicyState { Versions.Length: 2 })
            {
                return Task.CompletedTask;
            }

            writing.TrySetResult();
            return written.Task;
        };
        await using var house = await House.StartAsync(ground);
        var (stage, trainer) = (Plans.Train(), house.Grain<ITrainerGrain>("policy"));
        await house.Run().StartAsync(Plans.Of(stage));
        await writing.Task.WaitAsync(Patience);
        await house.Run().CancelAsync(null);
        await house.EndedAsync();

        blobs.Hold();
        var preparing = trainer.PrepareAsync(stage.Settings, null, "next");
        await blobs.Reading.WaitAsync(Patience); // it has read the head
        blobs.Release();
        written.SetResult();

        Assert.Equal(1, (await preparing).Latest.Version);
        Assert.Equal((RunPhase.Completed, 1), ((await house.CompleteAsync(Plans.Of(Plans.Train(iterations: 1)) with { Run = "next" })).Phase, (await Policy(house).VersionsAsync()).Count(version => version.Run == "next")));
    }

    private static IPolicyGrain Policy(House house) => house.Grain<IPolicyGrain>("policy");
}
