using System.Collections.Frozen;
using System.Collections.Immutable;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Solved = Finish with a non-empty answer and every relevant API called successfully at least once; Unsure where a task has no known truth.</summary>
internal sealed class RecordedJudge(FrozenDictionary<string, ImmutableArray<ApiKey>> relevant) : IJudge
{
    /// <inheritdoc/>
    public Judgement Judge(Episode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        var called = episode.Steps.Select(step => step.Call?.Api).Distinct().Count(api => api is not null);
        var answered = episode.Status == EpisodeStatus.Finished && !string.IsNullOrWhiteSpace(episode.FinalAnswer);
        if (!relevant.TryGetValue(episode.Task.Id, out var needed) || needed.IsEmpty)
        {
            return new Judgement(answered ? Verdict.Unsure : Verdict.Unsolved, false, 0, 0, called);
        }

        var worked = episode.Steps.Where(step => step.Success && step.Call is not null).ToArray();
        var count = needed.Count(api => worked.Any(step => step.Call!.Api == api));
        var exact = needed.Count(api => worked.Any(step => step.Call!.Api == api && step.Provenance == Provenance.Recorded));
        var solved = answered && count == needed.Length;
        return new Judgement(solved ? Verdict.Solved : Verdict.Unsolved, solved && exact == needed.Length, count, needed.Length, called);
    }
}
