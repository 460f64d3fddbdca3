using System.Collections.Immutable;
using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Reports;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Episodes;

/// <summary>Which episodes of a run a command works on.</summary>
internal sealed class EpisodeSelection
{
    private readonly Argument<string> _run = new("RUN") { Description = "Id of the run" };
    private readonly Option<string?> _stage = new("--stage") { Description = "Only episodes of this stage, such as steptool or dev@20", HelpName = "NAME" };
    private readonly Option<Verdict?> _verdict = Choices.Optional<Verdict>("--verdict", "Only episodes judged so: solved, unsure or unsolved", "VERDICT");
    private readonly Option<bool> _faulted = new("--faulted") { Description = "Only episodes that a fault ended" };
    private readonly Option<string?> _task = new("--task") { Description = "Only episodes of this task", HelpName = "ID" };

    /// <summary>Adds the options to a command.</summary>
    public EpisodeSelection(Command command)
    {
        command.Arguments.Add(_run);
        command.Options.Add(_stage);
        command.Options.Add(_verdict);
        command.Options.Add(_task);
        command.Options.Add(_faulted);
    }

    /// <summary>The run and its selected outcomes.</summary>
    /// <exception cref="Refusal">There is no such run or stage.</exception>
    public async Task<SelectedEpisodes> ReadAsync(ParseResult parsed, Connection connection, CancellationToken cancellationToken)
    {
        var run = parsed.GetValue(_run)!;
        var status = await connection.Run(run).StatusAsync(cancellationToken);
        if (status.Phase is RunPhase.Unknown)
        {
            throw Refusal.Usage($"There is no run '{run}'; see 'steptool runs list'.");
        }

        var outcomes = await StageOutcomes.ReadAsync(connection, run, cancellationToken);
        var byStage = status.Stages.Length > 1 ? StageOutcomes.ByStage(status, outcomes) : [outcomes];
        var episodes = status.Stages.Zip(byStage).SelectMany(pair => pair.Second.Select(outcome => new SelectedEpisode(pair.First.Name, outcome)));
        if (parsed.GetValue(_stage) is { } stage)
        {
            episodes = status.Stages.Any(known => known.Name == stage)
                ? episodes.Where(episode => episode.Stage == stage)
                : throw Refusal.Usage($"--stage is '{stage}'; run {run} has begun the stages {string.Join(", ", status.Stages.Select(known => known.Name))}.");
        }

        return new SelectedEpisodes(status, [.. episodes.Where(episode =>
            (parsed.GetValue(_verdict) is not { } verdict || episode.Outcome.Result.Judged == verdict)
            && (!parsed.GetValue(_faulted) || episode.Outcome.Status is EpisodeStatus.Faulted)
            && (parsed.GetValue(_task) is not { } task || episode.Outcome.Result.Task == task))]);
    }
}

/// <summary>Episodes of a run.</summary>
internal sealed record SelectedEpisodes(RunStatus Run, ImmutableArray<SelectedEpisode> Episodes)
{
    /// <summary>How many of them can go on by <c>episodes resume</c>.</summary>
    public int Resumable => Resumes(Run.Phase) ? Episodes.Count(episode => episode.Outcome.Status is EpisodeStatus.Faulted) : 0;

    /// <summary>Whether episodes of a run in this phase can go on.</summary>
    public static bool Resumes(RunPhase phase) => phase is RunPhase.Running or RunPhase.Completed;
}

/// <summary>An ended episode and the stage it belongs to.</summary>
internal sealed record SelectedEpisode(string Stage, RolloutOutcome Outcome)
{
    /// <summary>The judge's verdict; null where a fault or its user ended the episode.</summary>
    public Verdict? Verdict => Outcome.Result.Judged;

    /// <summary>What broke, such as <c>Tool: OutcomeUnknown</c>; null where nothing did.</summary>
    public string? Fault => Outcome.Result.FaultName is { Length: > 0 } name ? name : null;
}
