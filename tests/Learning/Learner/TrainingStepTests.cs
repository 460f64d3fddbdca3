using StepTool.Core.Chance;
using StepTool.Learning.Backends;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;
using StepTool.Learning.Optimisers;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Learner;

[Trait("Kind", "Unit")]
public sealed class TrainingStepTests
{
    [Fact]
    public void GradientAndStep_SteadyState_AllocateNothing()
    {
        using var backend = new ManagedBackend(1);
        var weights = NetworkWeights.Initialise(new CandidateArchitecture(20, 6, 32, 32, 16, shortcut: true), new SeededRandom(1));
        var batch = RandomBatches.Create(12, 100, 20, 6, fewest: 1, most: 15);
        var (layout, all, values) = (weights.Layout, RandomBatches.All(batch), weights.Values.ToArray());
        var (gradient, first, second) = (new float[layout.TrainedLength], new float[layout.TrainedLength], new float[layout.TrainedLength]);
        var network = ((ILearnerBackend)backend).CreateNetwork(weights.Architecture);
        var optimiser = new AdamW(new AdamWOptions(), backend);
        var losses = new IDecisionLoss[]
        {
            new CrossEntropyLoss(batch),
            new SurrogateLoss(new SurrogateOptions(), 0.1, batch, new SurrogateTerms
            {
                Advantages = new float[batch.Decisions],
                Returns = new float[batch.Decisions],
                EarlierValues = new float[batch.Decisions],
                BehaviourLogProbabilities = new float[batch.Decisions],
                ReferenceLogProbabilities = new float[batch.Candidates],
            }),
        };
        Steps(1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Steps(20);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Steps(int count)
        {
            for (var step = 1; step <= count; step++)
            {
                foreach (var loss in losses)
                {
                    network.Gradient(layout, values, batch, all, loss, gradient);
                    optimiser.Step(layout, step, values, gradient, first, second);
                }
            }
        }
    }
}
