using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Core.Evaluation;

/// <summary>What evaluation keeps of one ended episode: numbers and labels, no text of the task.</summary>
public sealed record Outcome
{
    /// <summary>The largest number of calls in <see cref="PassAtCalls"/>.</summary>
    public const int MaxCalls = 5;

    /// <summary>The task's id.</summary>
    public required string Task { get; init; }

    /// <summary>Name of the method or floor whose policy acted.</summary>
    public required string Policy { get; init; }

    /// <summary>Seed of the run that made the policy; evaluations of different methods are paired by it.</summary>
    public int Seed { get; init; }

    /// <summary>What results are grouped by; the component is the unit of the bootstrap.</summary>
    public required TaskLabels Labels { get; init; }

    /// <summary>How the episode ended.</summary>
    public EpisodeStatus Ending { get; init; }

    /// <summary>The judge's verdict; Unsolved where a fault ended the episode.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Solved, and every needed answer was recorded for exactly the arguments given.</summary>
    public bool StrictPass { get; init; }

    /// <summary>Steps taken over all paths, Finish included.</summary>
    public int Turns { get; init; }

    /// <summary>Steps that called an API, on paths that a search left too.</summary>
    public int Calls { get; init; }

    /// <summary>Calls that worked.</summary>
    public int SuccessfulCalls { get; init; }

    /// <summary>Distinct APIs called.</summary>
    public int Called { get; init; }

    /// <summary>Relevant APIs of the task; 0 where unknown.</summary>
    public int Relevant { get; init; }

    /// <summary>Relevant APIs called successfully.</summary>
    public int RelevantCalled { get; init; }

    /// <summary>Sum of the episode's step rewards, undiscounted.</summary>
    public double Return { get; init; }

    /// <summary>The boundary whose fault ended the episode, or null.</summary>
    public FaultBoundary? Fault { get; init; }

    /// <summary>The tool's fault, where it was one; null too in outcomes that older builds stored.</summary>
    public ToolFaultKind? ToolFault { get; init; }

    /// <summary>The judge's verdict; null where there was none, since a fault or its user ended the episode.</summary>
    [JsonIgnore]
    public Verdict? Judged => Ending is EpisodeStatus.Faulted or EpisodeStatus.Cancelled ? null : Verdict;

    /// <summary>What broke, such as <c>Tool: OutcomeUnknown</c>; empty where nothing did.</summary>
    [JsonIgnore]
    public string FaultName => Fault is { } boundary ? EpisodeFault.Name(boundary, ToolFault) : "";

    /// <summary>Verdicts had the episode been allowed 1, 2, ... <see cref="MaxCalls"/> calls: see <see cref="EpisodePrefix"/>.</summary>
    public ImmutableArray<Verdict> PassAtCalls { get; init; } = [];

    /// <summary>Makes the outcome of an ended episode.</summary>
    /// <param name="episode">The episode; it must have ended.</param>
    /// <param name="judgement">The judge's word; null only where a fault or its user ended the episode.</param>
    /// <param name="labels">The task's labels.</param>
    /// <param name="policy">Name of the method or floor.</param>
    /// <param name="seed">Seed of the run that made the policy.</param>
    /// <param name="judgePrefix">Judges a prefix of the episode: see <see cref="EpisodePrefix.JudgedBy"/>. Called at most <see cref="MaxCalls"/> times.</param>
    /// <exception cref="ArgumentException">The episode runs still, or an episode that ended by itself has no judgement.</exception>
    public static Outcome From(
        Episode episode, Judgement? judgement, TaskLabels labels, string policy, int seed, Func<Episode, Judgement> judgePrefix)
    {
        if (!episode.HasEnded)
        {
            throw new ArgumentException($"Episode {episode.Id} has not ended; only ended episodes have an outcome.", nameof(episode));
        }

        if (judgement is null && episode.Status is not (EpisodeStatus.Faulted or EpisodeStatus.Cancelled))
        {
            throw new ArgumentException($"Episode {episode.Id} ended as {episode.Status} and has no judgement; judge it first.", nameof(judgement));
        }

        var calls = episode.Abandoned.SelectMany(path => path.Steps).Concat(episode.Steps).Count(step => step.Call is not null);
        var verdict = judgement?.Verdict ?? Verdict.Unsolved;
        return new Outcome
        {
            Task = episode.Task.Id,
            Policy = policy,
            Seed = seed,
            Labels = labels,
            Ending = episode.Status,
            Verdict = verdict,
            StrictPass = judgement?.StrictPass ?? false,
            Turns = episode.TurnsTaken,
            Calls = calls,
            SuccessfulCalls = episode.Steps.Count(step => step.Call is not null && step.Success),
            Called = judgement?.Called ?? episode.Steps.Where(step => step.Call is not null).Select(step => step.Call!.Api).Distinct().Count(),
            Relevant = judgement?.Relevant ?? 0,
            RelevantCalled = judgement?.RelevantCalled ?? 0,
            Return = episode.Return,
            Fault = episode.Fault?.Boundary,
            ToolFault = episode.Fault?.Tool,
            PassAtCalls = [.. Enumerable.Range(1, MaxCalls).Select(allowed =>
                allowed >= calls || judgement is null ? verdict
                : episode.Abandoned.IsEmpty ? judgePrefix(EpisodePrefix.Of(episode, allowed)).Verdict
                : Verdict.Unsolved)], // a search passes by its last path, and that needed all its calls
        };
    }
}
