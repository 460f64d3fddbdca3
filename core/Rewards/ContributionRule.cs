using StepTool.Core.Episodes;
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
            ContributionKind.Used => IsUsedLater(episode, step) || world.Supplies(episode, step),
            ContributionKind.CommonSubsequence => SharesSubsequence(candidate.Observation, episode.FinalAnswer),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Contribution is decided by Used or CommonSubsequence."),
        };
    }

    // Rule (a): a value first seen in this answer became an argument of a later successful call.
    private static bool IsUsedLater(Episode episode, int step)
    {
        foreach (var value in ObservationReader.Read(episode.Steps[step].Observation))
        {
            if (value.Value.Length >= MinValueLength && !WasKnown(episode, step, value.Value) && IsArgumentAfter(episode, step, value.Value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool WasKnown(Episode episode, int step, string value)
    {
        if (episode.Task.Query.Contains(value, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        for (var earlier = 0; earlier < step; earlier++)
        {
            if (episode.Steps[earlier].Observation.Contains(value, StringComparison.Ordinal)
                || (episode.Steps[earlier].Call?.Arguments.Contains(value, StringComparison.Ordinal) ?? false))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsArgumentAfter(Episode episode, int step, string value)
    {
        for (var later = step + 1; later < episode.Steps.Length; later++)
        {
            var use = episode.Steps[later];
            if (use.Success && use.Call is { } call && HoldsArgument(call.Arguments, value))
            {
                return true;
            }
        }

        return false;
    }

    // Arguments are canonical JSON: a value stands between a quote, a colon, a comma or a bracket on each side.
    private static bool HoldsArgument(string arguments, string value)
    {
        for (var at = arguments.IndexOf(value, StringComparison.Ordinal); at >= 0; at = arguments.IndexOf(value, at + 1, StringComparison.Ordinal))
        {
            var end = at + value.Length;
            if (at > 0 && arguments[at - 1] is '"' or ':' or ',' or '[' && end < arguments.Length && arguments[end] is '"' or ',' or '}' or ']')
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
