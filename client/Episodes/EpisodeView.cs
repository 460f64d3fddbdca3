using System.Globalization;
using Spectre.Console;
using StepTool.Client.CommandLine;
using StepTool.Core.Episodes;

namespace StepTool.Client.Episodes;

/// <summary>An episode on the terminal.</summary>
internal static class EpisodeView
{
    /// <summary>Writes it.</summary>
    public static void Write(Terminal terminal, Episode episode)
    {
        terminal.Line($"{episode.Id}  task {episode.Task.Id} of {episode.World}");
        terminal.Line(episode.Task.Query);
        var table = new Table { Border = TableBorder.Rounded, ShowRowSeparators = true };
        table.AddColumns("turn", "action", "observation");
        foreach (var name in new[] { "p", "worked", "helped", "reward" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var (index, step) in episode.Steps.Index())
        {
            table.AddRow(new[]
            {
                (index + 1).ToString(CultureInfo.InvariantCulture), Action(step), step.Observation,
                Math.Exp(step.Decision.LogProbability).ToString("0.00", CultureInfo.InvariantCulture), Mark(step, step.Success), Mark(step, step.Contributes),
                step.Reward.ToString("0.000", CultureInfo.InvariantCulture),
            }.Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
        var version = episode.Steps is [.., { Decision.Version: { } number }] ? string.Create(CultureInfo.InvariantCulture, $", policy version {number}") : "";
        terminal.Line(string.Create(
            CultureInfo.InvariantCulture, $"{episode.Status}, {episode.Verdict?.ToString() ?? "not judged"}, return {episode.Return:0.000} in {episode.Steps.Length} of {episode.Task.MaxTurns} turns{version}"));
        if (episode.FinalAnswer.Length > 0)
        {
            terminal.Line($"answer: {episode.FinalAnswer}");
        }

        if (episode.Fault is { } fault)
        {
            terminal.Line($"fault: {EpisodeFault.Name(fault.Boundary, fault.Tool)}. {fault.Message}");
        }
    }

    private static string Action(Step step) => step.Call is { } call ? $"{call.Api}\n{call.Arguments}" : step.Decision.Action is Finish { GaveUp: true } ? "give up" : "finish";

    private static string Mark(Step step, bool holds) => step.Call is null ? "" : holds ? "yes" : "no";
}
