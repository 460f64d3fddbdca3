using StepTool.Core.Episodes;
using StepTool.Core.Text;

namespace StepTool.Core.Features;

/// <summary>What the steps so far say about each API, the query's coverage and the answer at hand.</summary>
internal sealed class History
{
    private static readonly string[] RetriableWords =
        ["try again", "retry", "temporar", "timed out", "timeout", "busy", "rate limit", "too many", "unavailable", "overload", "503", "429"];

    private static readonly string[] FinalWords =
        ["retired", "deprecat", "removed", "no longer", "not exist", "not found", "gone", "discontinued", "decommission", "shut down", "replaced", "instead", "410", "404"];

    internal History(Situation situation, TaskIndex index)
    {
        Succeeded = new int[index.Apis.Length];
        Failed = new int[index.Apis.Length];
        Retriable = new bool[index.Apis.Length];
        Final = new bool[index.Apis.Length];
        var covered = 0ul;
        foreach (var step in situation.Steps)
        {
            if (step.Call is { } call)
            {
                var api = IndexOf(situation, call.Api);
                covered |= Take(step, api, index);
                Used.Add(call.Arguments);
            }
        }

        Covered = covered;
        Last = situation.Steps is [.., var last] ? last : null;
        LastRetriable = Last is { Success: false } && Speaks(Last.Observation, RetriableWords);
        LastFinal = Last is { Success: false } && !LastRetriable && Speaks(Last.Observation, FinalWords);
        LastTerms = Last is null ? [] : Tokeniser.TermSet(Last.Observation);
        var known = index.KnownWeight;
        Coverage = Math.Min(1, index.Weight(covered) / known);
        Residuals = new float[index.Apis.Length];
        for (var api = 0; api < Residuals.Length; api++)
        {
            Residuals[api] = index.Weight(index.Apis[api].Mask & ~covered) / known;
            MaxResidual = Succeeded[api] == 0 ? Math.Max(MaxResidual, Residuals[api]) : MaxResidual;
        }
    }

    internal int[] Succeeded { get; }

    internal int[] Failed { get; }

    internal bool[] Retriable { get; }

    internal bool[] Final { get; }

    internal List<string> Used { get; } = [];

    internal Step? Last { get; }

    internal bool LastRetriable { get; }

    internal bool LastFinal { get; }

    internal HashSet<string> LastTerms { get; }

    internal ulong Covered { get; }

    internal float Coverage { get; }

    internal float[] Residuals { get; }

    internal float MaxResidual { get; private set; }

    internal int Successes { get; private set; }

    /// <summary>How well the best field observed so far is called what the query asks for.</summary>
    internal float AnswerMatch { get; private set; }

    /// <summary>The same for the last observation alone.</summary>
    internal float LastAnswerMatch { get; private set; }

    private static int IndexOf(Situation situation, Tools.ApiKey api)
    {
        for (var index = 0; index < situation.Apis.Length; index++)
        {
            if (situation.Apis[index].Key == api)
            {
                return index;
            }
        }

        return -1;
    }

    private ulong Take(Step step, int api, TaskIndex index)
    {
        LastAnswerMatch = 0;
        if (api >= 0)
        {
            Succeeded[api] += step.Success ? 1 : 0;
            Failed[api] += step.Success ? 0 : 1;
            Retriable[api] = !step.Success && Speaks(step.Observation, RetriableWords);
            Final[api] = !step.Success && !Retriable[api] && Speaks(step.Observation, FinalWords);
        }

        if (!step.Success)
        {
            return 0;
        }

        Successes++;
        foreach (var value in ObservationReader.Read(step.Observation))
        {
            var terms = TermCache.Terms(value.Field);
            var match = terms.Length == 0 ? 0 : index.Weight(index.Mask(terms)) / index.KnownWeight * terms.Count(index.QueryBits.ContainsKey) / terms.Length;
            LastAnswerMatch = Math.Max(LastAnswerMatch, match);
        }

        AnswerMatch = Math.Max(AnswerMatch, LastAnswerMatch);
        return api >= 0 ? index.Apis[api].Mask : 0;
    }

    private static bool Speaks(string text, string[] words) => words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
