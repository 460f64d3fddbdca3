using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>Solved when the value that the final answer states last for the requested field is the true one.</summary>
internal sealed class BuiltInJudge(FrozenDictionary<string, GeneratedTask> tasks) : IJudge
{
    /// <inheritdoc/>
    public Judgement Judge(Episode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        var called = episode.Steps.Select(step => step.Call?.Api).OfType<Tools.ApiKey>().Distinct().Count();
        if (!tasks.TryGetValue(episode.Task.Id, out var task))
        {
            return new Judgement(Verdict.Unsure, false, 0, 0, called);
        }

        var chain = task.Truth.Chain;
        var relevant = chain.Count(call => episode.Steps.Any(step => step.Success && step.Call is { } made && call.IsServedBy(made.Api)));
        var isSolved = episode.Status == EpisodeStatus.Finished
            && LastStated(episode.FinalAnswer, task.RequestedField) is { } value && IsEqual(value, task.Truth.Value);
        return new Judgement(isSolved ? Verdict.Solved : Verdict.Unsolved, isSolved && relevant == chain.Length, relevant, chain.Length, called);
    }

    /// <summary>The value that an answer states last as <c>field: value</c>, or null.</summary>
    internal static string? LastStated(string answer, string field)
    {
        var pattern = $"""(?<![\w-])["']?{Regex.Escape(field)}["']?\s*[:=]\s*["']?(?<value>[^;,\n"']*)""";
        var last = Regex.Matches(answer, pattern, RegexOptions.CultureInvariant).LastOrDefault();
        return last?.Groups["value"].Value.Trim().TrimEnd('.', '}').TrimEnd();
    }

    private static bool IsEqual(string stated, string truth) =>
        decimal.TryParse(truth, NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
            ? decimal.TryParse(stated, NumberStyles.Number, CultureInfo.InvariantCulture, out var given) && given == number
            : stated.Equals(truth, StringComparison.OrdinalIgnoreCase);
}
