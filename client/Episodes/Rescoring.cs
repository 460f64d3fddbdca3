using StepTool.Core.Episodes;
using StepTool.Core.Rewards;
using StepTool.Core.Storage;
using StepTool.Core.Worlds;
using StepTool.Grains.Tasks;

namespace StepTool.Client.Episodes;

/// <summary>Scores stored episodes anew.</summary>
internal static class Rescoring
{
    /// <summary>Compares the stored rewards with those of other options, stage by stage. Episodes that a fault or their user ended have none.</summary>
    public static async Task<IReadOnlyList<RescoredStage>> CompareAsync(
        SelectedEpisodes selected, IWorld world, RewardOptions rewards, IBlobStore blobs, CancellationToken cancellationToken)
    {
        var stages = new List<RescoredStage>();
        foreach (var group in selected.Episodes.GroupBy(episode => episode.Stage))
        {
            var (before, after) = (new List<Episode>(), new List<Episode>());
            foreach (var episode in group.Where(episode => episode.Outcome.Status is not (EpisodeStatus.Faulted or EpisodeStatus.Cancelled)))
            {
                var stored = EpisodeCodec.Decode(await blobs.GetAsync(episode.Outcome.Trajectory, cancellationToken));
                before.Add(stored);
                after.Add(EpisodeEngine.Score(stored, world, rewards));
            }

            if (before.Count > 0)
            {
                stages.Add(new RescoredStage(
                    group.Key, before.Count, before.Zip(after).Count(pair => Differ(pair.First, pair.Second)),
                    before.Average(episode => episode.Return), after.Average(episode => episode.Return), Contributing(before), Contributing(after)));
            }
        }

        return stages;
    }

    private static bool Differ(Episode before, Episode after) =>
        before.Steps.Zip(after.Steps).Any(pair => Math.Abs(pair.First.Reward - pair.Second.Reward) > 1e-12 || pair.First.Contributes != pair.Second.Contributes);

    private static double Contributing(List<Episode> episodes)
    {
        var calls = episodes.SelectMany(episode => episode.Steps).Where(step => step.Call is not null).ToList();
        return calls.Count == 0 ? 0 : calls.Count(step => step.Contributes) / (double)calls.Count;
    }
}

/// <summary>A stage's rewards before and after.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Episodes">Episodes scored.</param>
/// <param name="Changed">Episodes with a step whose reward or contribution changed.</param>
/// <param name="ReturnBefore">Mean stored return.</param>
/// <param name="ReturnAfter">Mean return with the other options.</param>
/// <param name="ContributingBefore">Share of calls that contributed.</param>
/// <param name="ContributingAfter">That share with the other options.</param>
internal sealed record RescoredStage(
    string Stage, int Episodes, int Changed, double ReturnBefore, double ReturnAfter, double ContributingBefore, double ContributingAfter);
