using StepTool.Core.Episodes;
using StepTool.Core.Judging;

namespace StepTool.Core.Evaluation;

/// <summary>
/// What an episode would have been with fewer calls: its first calls, then Finish. An episode with no more calls than allowed stays as it is,
/// so that giving up or never finishing counts against it there.
/// </summary>
public static class EpisodePrefix
{
    /// <summary>The episode's steps up to and including its n-th call, ended by a Finish without an answer yet.</summary>
    /// <param name="episode">An ended episode with more calls than allowed.</param>
    /// <param name="calls">Calls allowed; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive, or the episode has no more calls than that.</exception>
    public static Episode Of(Episode episode, int calls)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(calls);
        var kept = 0;
        for (var made = 0; kept < episode.Steps.Length && made < calls; kept++)
        {
            made += episode.Steps[kept].Call is null ? 0 : 1;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(calls, episode.Steps.Skip(kept).Count(step => step.Call is not null) + calls - 1);
        var finish = new Step { Decision = new Decision(new Finish(), 0), Status = Tools.ToolStatus.FinalAnswer, Success = true };
        return episode with
        {
            Steps = episode.Steps.RemoveRange(kept, episode.Steps.Length - kept).Add(finish),
            Status = EpisodeStatus.Finished,
            FinalAnswer = "",
            Verdict = null,
            Pending = null,
        };
    }

    /// <summary>A prefix's judge: composes the answer the prefix would have had, by the same fixed code for all methods, then judges it as any episode.</summary>
    public static Func<Episode, Judgement> JudgedBy(IJudge judge) =>
        prefix => judge.Judge(prefix with { FinalAnswer = AnswerComposer.Compose(prefix.Task.Query, prefix.Steps) });
}
