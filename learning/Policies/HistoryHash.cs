using StepTool.Core.Chance;
using StepTool.Core.Episodes;

namespace StepTool.Learning.Policies;

/// <summary>Tells by hash which episodes came to the same situation, and which made the same calls.</summary>
internal static class HistoryHash
{
    /// <summary>A hash of the task and all earlier calls and observations before each step [steps].</summary>
    internal static ulong[] Of(Episode episode)
    {
        var hashes = new ulong[episode.Steps.Length];
        var hash = StableHash.Combine(Task(episode), episode.FinishesAtBudget ? 1u : 0u);
        for (var step = 0; step < hashes.Length; step++)
        {
            hashes[step] = hash;
            hash = StableHash.Of(episode.Steps[step].Observation, StableHash.Combine(hash, Call(episode.Steps[step])));
        }

        return hashes;
    }

    /// <summary>A hash of the task and the set of calls, whatever their order.</summary>
    internal static ulong Signature(Episode episode) => episode.Steps.Select(Call).Distinct().Order().Aggregate(Task(episode), StableHash.Combine);

    private static ulong Task(Episode episode) => StableHash.Of(episode.Task.Id);

    private static ulong Call(Step step) => step.Call is { } call ? StableHash.Of(call.Arguments, StableHash.Of(call.Api.ToString())) : 0;
}
