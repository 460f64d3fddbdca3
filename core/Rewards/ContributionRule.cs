using StepTool.Core.Episodes;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Core.Rewards;

/// <summary>Whether a step contributed to solving the task; decided once, when the episode has ended.</summary>
public static class ContributionRule
{
    private const double ReleasedShare = 0.3;
    private const int MinValueLength = 2;

    /// <summary>Whether the step contributed. A failed or repeated call never does.</summary>
    public static bool Contributes(Episode episode, int step, IWorld world, ContributionKind kind)
    {
        var candidate = episode.Steps[step];
        if (!candidate.Success || candidate.Repeats || candidate.Call is null)
        {
            return false;
        }

        return kind switch
        {
            ContributionKind.Used => IsUsedLater(episode, step, world) || world.Supplies(episode, step),
            ContributionKind.CommonSubsequence => SharesSubsequence(candidate.Observation, episode.FinalAnswer),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Contribution is decided by Used or CommonSubsequence."),
        };
    }

    // Rule (a): a value first seen in this answer became an argument of a later successful call.
    private static bool IsUsedLater(Episode episode, int step, IWorld world)
    {
        foreach (var (_, value) in ObservationReader.Read(episode.Steps[step].Observation))
        {
            if (value.Length >= MinValueLength && !bool.TryParse(value, out _) && !WasKnown(episode, step, value) && IsArgumentAfter(episode, step, value, world))
            {
                return true;
            }
        }

        return false;
    }

    // The agent knew a value that stands in the query, in an earlier answer, or in the very call that was answered.
    private static bool WasKnown(Episode episode, int step, string value)
    {
        if (Holds(episode.Task.Query, value, StringComparison.OrdinalIgnoreCase) || Holds(episode.Steps[step].Call!.Arguments, value))
        {
            return true;
        }

        for (var earlier = 0; earlier < step; earlier++)
        {
            if (Holds(episode.Steps[earlier].Observation, value) || Holds(episode.Steps[earlier].Call?.Arguments ?? "", value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsArgumentAfter(Episode episode, int step, string value, IWorld world)
    {
        var number = NumberForm.TryNormalise(value, out var normal) ? normal : value;
        for (var later = step + 1; later < episode.Steps.Length; later++)
        {
            var use = episode.Steps[later];
            if (use.Success && use.Call is { } call && (HoldsArgument(call.Arguments, value) || HoldsArgument(call.Arguments, number)) && !IsDocumented(call.Api, value, world))
            {
                return true;
            }
        }

        return false;
    }

    // A default or a choice was known from the documentation.
    private static bool IsDocumented(ApiKey api, string value, IWorld world) =>
        world.TryDescribe(api, out var documentation) && documentation.Parameters.Any(parameter => parameter.Default == value || parameter.Choices.Contains(value));

    // Arguments are canonical JSON: a value stands between a quote, a colon, a comma or a bracket on each side.
    private static bool HoldsArgument(string arguments, string value) =>
        Finds(arguments, value, StringComparison.Ordinal, before => before is '"' or ':' or ',' or '[', after => after is '"' or ',' or '}' or ']');

    // As a word of its own: 77 is not in 1774.
    private static bool Holds(string text, string value, StringComparison comparison = StringComparison.Ordinal) =>
        Finds(text, value, comparison, before => !char.IsLetterOrDigit(before), after => !char.IsLetterOrDigit(after));

    private static bool Finds(string text, string value, StringComparison comparison, Func<char, bool> before, Func<char, bool> after)
    {
        for (var at = text.IndexOf(value, comparison); at >= 0; at = text.IndexOf(value, at + 1, comparison))
        {
            var end = at + value.Length;
            if (before(at == 0 ? ' ' : text[at - 1]) && after(end == text.Length ? ' ' : text[end]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool SharesSubsequence(string response, string answer)
    {
        if (response.Length == 0 || answer.Length == 0)
        {
            return false;
        }

        var previous = new int[answer.Length + 1];
        var current = new int[answer.Length + 1];
        foreach (var character in response)
        {
            for (var index = 1; index <= answer.Length; index++)
            {
                current[index] = character == answer[index - 1] ? previous[index - 1] + 1 : Math.Max(previous[index], current[index - 1]);
            }

            (previous, current) = (current, previous);
        }

        return (double)previous[answer.Length] / response.Length >= ReleasedShare;
    }
}
