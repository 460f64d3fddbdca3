using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Judging;
using StepTool.Core.Worlds;
using StepTool.Learning.Batches;

namespace StepTool.Learning.Policies;

/// <summary>Turns stored trajectories into what a learner reads. Features are recomputed from the text, so that what is stored outlives them.</summary>
public sealed class TrajectoryBatch
{
    private TrajectoryBatch(DecisionBatch batch, List<TrainingEpisode> episodes, int dropped, int droppedSteps) =>
        (Batch, Episodes, Dropped, DroppedSteps) = (batch, episodes, dropped, droppedSteps);

    /// <summary>The decisions.</summary>
    public DecisionBatch Batch { get; }

    /// <summary>The episodes, in the order given.</summary>
    public IReadOnlyList<TrainingEpisode> Episodes { get; }

    /// <summary>Trajectories left out because a choice is not among the candidates that are enumerated now.</summary>
    public int Dropped { get; }

    /// <summary>Steps of demonstrations left out because no such action is among the candidates.</summary>
    public int DroppedSteps { get; }

    /// <summary>Reads trajectories in parallel; the result does not depend on the number of threads.</summary>
    /// <param name="trajectories">Ended episodes with rewards.</param>
    /// <param name="world">The world whose documentation they speak of.</param>
    /// <param name="features">Extracts features.</param>
    /// <param name="threads">Threads to use, at least 1.</param>
    /// <param name="areDemonstrations">Whether a step that is not among the candidates is left out alone, and not its whole trajectory.</param>
    /// <param name="readsRelevance">Whether the judge is asked what would have been right: see <see cref="RelevanceLabels"/>.</param>
    public static TrajectoryBatch Read(IReadOnlyList<Episode> trajectories, IWorld world, FeatureExtractor features, int threads, bool areDemonstrations = false, bool readsRelevance = false)
    {
        ArgumentNullException.ThrowIfNull(trajectories);
        var rows = new List<Row>?[trajectories.Count];
        Parallel.For(0, trajectories.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, index => rows[index] = Encode(trajectories[index], world, features, areDemonstrations, readsRelevance));
        var builder = new DecisionBatchBuilder(FeatureExtractor.CandidateSize, FeatureExtractor.SituationSize);
        var episodes = new List<TrainingEpisode>(trajectories.Count);
        var droppedSteps = 0;
        for (var index = 0; index < rows.Length; index++)
        {
            droppedSteps += rows[index] is { } kept ? trajectories[index].Steps.Length - kept.Count : 0;
            builder.LeaveOut(trajectories[index].Steps.Length - (rows[index]?.Count ?? 0));
            if (rows[index] is not { Count: > 0 } encoded)
            {
                continue;
            }

            var from = builder.Batch.Decisions;
            foreach (var row in encoded)
            {
                builder.Add(row.Situation, row.Candidates, row.Chosen);
            }

            var (steps, histories) = (trajectories[index].Steps, HistoryHash.Of(trajectories[index]));
            var taken = encoded.ConvertAll(row => steps[row.Step]);
            episodes.Add(new TrainingEpisode(
                from, [.. taken.Select(step => (float)step.Reward)], [.. taken.Select(step => (float)step.Decision.LogProbability)])
            {
                Tokens = StepTokens.Count(taken),
                FinalReward = steps[^1].Call is null ? (float)steps[^1].Reward : 0,
                Histories = [.. encoded.Select(row => histories[row.Step])],
                Relevant = readsRelevance ? [.. encoded.Select(row => row.Relevant)] : [],
                Signature = HistoryHash.Signature(trajectories[index]),
            });
        }

        return new TrajectoryBatch(builder.Batch, episodes, rows.Count(row => row is null), droppedSteps);
    }

    private static List<Row>? Encode(Episode episode, IWorld world, FeatureExtractor features, bool areDemonstrations, bool readsRelevance)
    {
        var rows = new List<Row>(episode.Steps.Length);
        for (var step = 0; step < episode.Steps.Length; step++)
        {
            var before = episode with { Steps = episode.Steps[..step] };
            var situation = EpisodeEngine.Situate(before, world);
            var candidates = CandidateGenerator.Enumerate(situation);
            var chosen = episode.Steps[step].Decision.Candidate;
            if (chosen < 0 || chosen >= candidates.Length || !IsSame(candidates[chosen].Action, episode.Steps[step].Decision.Action))
            {
                if (areDemonstrations)
                {
                    continue;
                }

                return null;
            }

            int[] relevant = readsRelevance ? [.. RelevanceLabels.Of(before, candidates, world.Judge)] : [];
            var row = new Row(step, new float[FeatureExtractor.SituationSize], new float[candidates.Length * FeatureExtractor.CandidateSize], chosen, relevant);
            features.Extract(situation, candidates, row.Candidates, row.Situation);
            rows.Add(row);
        }

        return rows;
    }

    private static bool IsSame(AgentAction enumerated, AgentAction taken) => (enumerated, taken) switch
    {
        (CallApi one, CallApi other) => one.Call == other.Call,
        (Finish, Finish) => true,
        _ => false,
    };

    private sealed record Row(int Step, float[] Situation, float[] Candidates, int Chosen, int[] Relevant);
}
