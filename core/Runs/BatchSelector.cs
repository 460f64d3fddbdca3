using System.Collections.Immutable;

namespace StepTool.Core.Runs;

/// <summary>Decides which finished training ordinals the next update takes.</summary>
public static class BatchSelector
{
    /// <summary>
    /// Deterministic: exactly [kB, (k+1)B) once all of them are there. Otherwise the B oldest finished ones, so that one slow episode holds up nobody;
    /// but an ordinal more than two batches behind is waited for, so that slow ones are not left out.
    /// </summary>
    /// <param name="finished">Finished ordinals not yet consumed, ascending.</param>
    /// <param name="consumed">Ordinals consumed so far.</param>
    /// <param name="batchSize">B.</param>
    /// <param name="deterministic">Whether the batch is exactly the next interval.</param>
    /// <returns>The batch, ascending; empty when it is not there yet.</returns>
    public static ImmutableArray<long> Next(IReadOnlyList<long> finished, OrdinalSet consumed, int batchSize, bool deterministic)
    {
        ArgumentNullException.ThrowIfNull(finished);
        ArgumentNullException.ThrowIfNull(consumed);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (finished.Count < batchSize)
        {
            return [];
        }

        var batch = finished.Take(batchSize).ToImmutableArray();
        if (deterministic)
        {
            var first = consumed.Count;
            return batch[0] == first && batch[^1] == first + batchSize - 1 ? batch : [];
        }

        // The oldest ordinal that is neither consumed nor in this batch would fall too far behind if this batch were taken.
        var taken = consumed;
        foreach (var ordinal in batch)
        {
            taken = taken.Add(ordinal);
        }

        return taken.FirstMissing < taken.End - (2L * batchSize) ? [] : batch;
    }
}
