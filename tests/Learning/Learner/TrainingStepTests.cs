using StepTool.Core.Chance;
using StepTool.Learning.Backends;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Batches;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;
using StepTool.Learning.Optimisers;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Learner;

[Trait("Kind", "Unit")]
public sealed class TrainingStepTests
{
    private static readonly DecisionBatch Batch = RandomBatches.Create(12, 100, 20, 6, fewest: 2, most: 15);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void GradientAndStep_SteadyState_AllocateNothing(int threads)
    {
        using var backend = new ManagedBackend(threads);
        var weights = NetworkWeights.Initialise(new CandidateArchitecture(20, 6, 32, 32, 16, shortcut: true), new SeededRandom(1));
        var (layout, all, values) = (weights.Layout, RandomBatches.All(Batch), weights.Values.ToArray());
        var (gradient, first, second) = (new float[layout.TrainedLength], new float[layout.TrainedLength], new float[layout.TrainedLength]);
        var network = ((ILearnerBackend)backend).CreateNetwork(weights.Architecture);
        var optimiser = new AdamW(new AdamWOptions(), backend);

        Assert.All(Losses(), loss => Assert.Equal(0, LeastAllocated(loss, () =>
        {
            for (var step = 1; step <= 20; step++)
            {
                network.Gradient(layout, values, Batch, all, loss, gradient);
                optimiser.Step(layout, step, values, gradient, first, second);
            }
        })));
    }

    private static Watched[] Losses()
    {
        var (perDecision, perCandidate) = (new float[Batch.Decisions], new float[Batch.Candidates]);
        int[][] others = [.. Batch.Chosen.ToArray().Select(chosen => new[] { chosen == 0 ? 1 : 0 })];
        int[][] right = [.. Batch.Chosen.ToArray().Select(chosen => new[] { chosen, chosen == 0 ? 1 : 0 })];
        return
        [
            new(new CrossEntropyLoss(Batch)),
            new(new SurrogateLoss(new SurrogateOptions(), 0.1, Batch, new SurrogateTerms
            {
                Advantages = perDecision,
                Returns = perDecision,
                EarlierValues = perDecision,
                BehaviourLogProbabilities = perDecision,
                ReferenceLogProbabilities = perCandidate,
            })),
            new(new PreferenceLoss(Batch, others, perCandidate, perCandidate, 0.1)),
            new(new CriticLoss(Batch, perDecision, perDecision)),
            new(new SetCrossEntropyLoss(right)),
        ];
    }

    /// <summary>What the loss's threads allocate in a round of steps: the least of up to ten rounds, since memory grows at first.</summary>
    private static long LeastAllocated(Watched loss, Action steps)
    {
        var least = long.MaxValue;
        for (var round = 0; least > 0 && round < 10; round++)
        {
            var before = loss.Allocated;
            steps();
            least = Math.Min(least, loss.Allocated - before);
        }

        return least;
    }

    /// <summary>A loss that adds up what its threads allocate from one call to the next. The process has threads of its own, so its total would not do.</summary>
    private sealed class Watched(IDecisionLoss loss) : IDecisionLoss
    {
        [ThreadStatic]
        private static long _seen;

        private long _allocated;

        public long Allocated => Interlocked.Read(ref _allocated);

        public override string ToString() => loss.GetType().Name;

        public LossSums Evaluate(ReadOnlySpan<int> picked, Activations activations, double share, Span<float> logitGradient, Span<float> valueGradient)
        {
            var sums = loss.Evaluate(picked, activations, share, logitGradient, valueGradient);
            var now = GC.GetAllocatedBytesForCurrentThread();
            Interlocked.Add(ref _allocated, now - _seen);
            _seen = now;
            return sums;
        }
    }
}
