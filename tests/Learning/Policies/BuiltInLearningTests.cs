using StepTool.Core.Runs;
using StepTool.Grains.Training;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Learner;
using StepTool.Learning.Policies;
using Xunit;

namespace StepTool.Tests.Learning.Policies;

/// <summary>The whole way from generated tasks to better weights, in one thread and without grains.</summary>
[Trait("Kind", "Learning")]
public sealed class BuiltInLearningTests
{
    // 0.43 and 0.00 when written; a policy that has learnt nothing stays below both.
    private const double Bar = 0.30;
    private const double Untrained = 0.15;
    private const int Updates = 12;
    private const int Batch = 256;

    [Fact]
    public void Update_StepRewards_ReachesTheBarOnToolsNeverSeen() => Assert.InRange(Train(sign: 1), Bar, 1);

    [Fact]
    public void Update_NegatedRewards_DoesNot() => Assert.InRange(Train(sign: -1), 0, Untrained);

    private static double Train(int sign)
    {
        using var backend = new ManagedBackend(1);
        var settings = new TrainingSettings { TotalUpdates = Updates, Hidden = 32 };
        var learner = PolicyLearner.Create(SmallWorld.Architecture, LearnerDefaults.Options(settings, 0), 1, backend);
        var run = SmallWorld.Training(Updates, Batch);
        for (var update = 0; update < Updates; update++)
        {
            var policy = SmallWorld.Policy(learner.Weights, backend, update);
            var episodes = Enumerable.Range(update * Batch, Batch).Select(ordinal => SmallWorld.Play(run.Rollout(ordinal, 0, 0), policy))
                .Select(episode => episode with { Steps = [.. episode.Steps.Select(step => step with { Reward = sign * step.Reward })] }).ToArray();
            var read = TrajectoryBatch.Read(episodes, SmallWorld.World, SmallWorld.Features, 1);
            learner = new PolicyLearner(learner.State, LearnerDefaults.Options(settings, (double)update / settings.TotalUpdates), backend);
            if (update == 0)
            {
                learner.Standardise(read.Batch);
            }

            learner.Update(read.Episodes, read.Batch);
        }

        return SmallWorld.PassRate(SmallWorld.Policy(learner.Weights, backend));
    }
}
