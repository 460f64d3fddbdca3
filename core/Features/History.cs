using StepTool.Core.Episodes;

namespace StepTool.Core.Features;

/// <summary>What the steps so far say about each API, the query's coverage and the answer at hand. Read anew for each situation, in the same memory.</summary>
internal sealed class History
{
    private static readonly string[] RetriableWords =
        ["try again", "retry", "temporar", "timed out", "timeout", "busy", "rate limit", "too many", "unavailable", "overload", "503", "429"];

    private static readonly string[] FinalWords =
        ["retired", "deprecat", "removed", "no longer", "not exist", "not found", "gone", "discontinued", "decommission", "shut down", "replaced", "instead", "410", "404"];

    private int[] _succeeded = [];
    private int[] _failed = [];
    private bool[] _retriable = [];
    private bool[] _final = [];
    private float[] _residuals = [];

    internal ReadOnlySpan<int> Succeeded => _succeeded;

    internal ReadOnlySpan<int> Failed => _failed;

    internal ReadOnlySpan<bool> Retriable => _retriable;

    internal ReadOnlySpan<bool> Final => _final;

    internal ReadOnlySpan<float> Residuals => _residuals;

    internal List<string> Used { get; } = [];

    internal Step? Last { get; private set; }

    internal bool LastRetriable { get; private set; }

    internal bool LastFinal { get; private set; }

    internal float Coverage { get; private set; }

    internal float MaxResidual { get; private set; }

    internal int Successes { get; private set; }

    /// <summary>How well the best field observed so far is called what the query asks for.</summary>
    internal float AnswerMatch { get; private set; }

    /// <summary>The same for the last observation alone.</summary>
    internal float LastAnswerMatch { get; private set; }

    /// <summary>Forgets what it held and reads a situation.</summary>
    internal void Read(Situation situation, TaskIndex index)
    {
        Scratch.Clear(ref _succeeded, index.Apis.Length);
        Scratch.Clear(ref _failed, index.Apis.Length);
        Scratch.Clear(ref _retriable, index.Apis.Length);
        Scratch.Clear(ref _final, index.Apis.Length);
        Scratch.Clear(ref _residuals, index.Apis.Length);
        Used.Clear();
        (MaxResidual, Successes, AnswerMatch, LastAnswerMatch) = (0, 0, 0, 0);
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

        Last = situation.Steps is [.., var last] ? last : null;
        LastRetriable = Last is { Success: false } && Speaks(Last.Observation, RetriableWords);
        LastFinal = Last is { Success: false } && !LastRetriable && Speaks(Last.Observation, FinalWords);
        var known = index.KnownWeight;
        Coverage = Math.Min(1, index.Weight(covered) / known);
        for (var api = 0; api < index.Apis.Length; api++)
        {
            _residuals[api] = index.Weight(index.Apis[api].Mask & ~covered) / known;
            MaxResidual = Succeeded[api] == 0 ? Math.Max(MaxResidual, Residuals[api]) : MaxResidual;
        }
    }

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
            _succeeded[api] += step.Success ? 1 : 0;
            _failed[api] += step.Success ? 0 : 1;
            _retriable[api] = !step.Success && Speaks(step.Observation, RetriableWords);
            _final[api] = !step.Success && !_retriable[api] && Speaks(step.Observation, FinalWords);
        }

        if (!step.Success)
        {
            return 0;
        }

        Successes++;
        foreach (var (_, terms) in TextReading.OfObservation(step.Observation).Values)
        {
            var match = terms.Length == 0 ? 0 : index.Weight(index.Mask(terms)) / index.KnownWeight * index.CountInQuery(terms) / terms.Length;
            LastAnswerMatch = Math.Max(LastAnswerMatch, match);
        }

        AnswerMatch = Math.Max(AnswerMatch, LastAnswerMatch);
        return api >= 0 ? index.Apis[api].Mask : 0;
    }

    private static bool Speaks(string text, string[] words)
    {
        foreach (var word in words)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
