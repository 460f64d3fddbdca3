using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Models;
using StepTool.Learning.Policies;
using Xunit;

namespace StepTool.Tests.Learning.Policies;

[Trait("Kind", "Unit")]
public sealed class BranchTests
{
    private const int Attempts = 4;

    [Fact]
    public void Play_Branch_RepeatsTheFirstAttemptAndThenChoosesOtherwise()
    {
        foreach (var (rollouts, attempts) in Groups(20))
        {
            var first = Actions(attempts[0]);
            foreach (var (rollout, episode) in rollouts.Zip(attempts).Skip(1))
            {
                var turn = Math.Min(rollout.Branch!.Turn, first.Length - 1);
                Assert.Equal(first[..turn], Actions(episode)[..turn]);
                Assert.True(first[turn] != Actions(episode)[turn] || MustFinish(episode, turn));
                Assert.Null(episode.Branch);
            }
        }
    }

    [Fact]
    public void Read_Branches_ShareTheHistoryOfTheTurnTheyLeaveAt()
    {
        foreach (var (rollouts, attempts) in Groups(20))
        {
            var batch = TrajectoryBatch.Read(attempts, SmallWorld.World, SmallWorld.Features, threads: 1);
            Assert.Equal((0, Attempts), (batch.Dropped, batch.Episodes.Count)); // the place of each choice is that among all candidates
            foreach (var (rollout, episode) in rollouts.Zip(batch.Episodes).Skip(1))
            {
                var turn = Math.Min(rollout.Branch!.Turn, batch.Episodes[0].Steps - 1);
                Assert.Equal(batch.Episodes[0].Histories[turn], episode.Histories[turn]);
            }
        }
    }

    private static IEnumerable<(RolloutSpec[] Rollouts, Episode[] Attempts)> Groups(int groups)
    {
        using var backend = new ManagedBackend(1);
        var policy = SmallWorld.Policy(NetworkWeights.Initialise(SmallWorld.Architecture, new SeededRandom(5)), backend);
        var engine = SmallWorld.Training(iterations: groups, batchSize: Attempts, attempts: Attempts);
        for (var group = 0; group < groups; group++)
        {
            RolloutSpec[] rollouts = [.. Enumerable.Range(group * Attempts, Attempts).Select(ordinal => engine.Rollout(ordinal, 0, 0))];
            yield return (rollouts, [.. rollouts.Select(rollout => SmallWorld.Play(rollout, policy))]);
        }
    }

    private static AgentAction[] Actions(Episode episode) => [.. episode.Steps.Select(step => step.Decision.Action)];

    private static bool MustFinish(Episode episode, int turn) => episode.FinishesAtBudget && turn == episode.Task.MaxTurns - 1;
}
