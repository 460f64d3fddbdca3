using System.Collections.Immutable;
using StepTool.Core.Serialization;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Runs;

/// <summary>Outcomes of a run: full segments as blobs, the rest in the run's state, so that saving costs the same at any length.</summary>
internal sealed class OutcomeLog(IBlobStore blobs)
{
    /// <summary>Outcomes of a segment.</summary>
    internal const int SegmentSize = 128;

    /// <summary>The form of a segment.</summary>
    internal static readonly JsonBlob<ImmutableArray<RolloutOutcome>> Segments = new(new BlobHead("A segment of outcomes", Version: 3), ContractsJson.Default.Of<ImmutableArray<RolloutOutcome>>());

    /// <summary>The state with full segments moved to blobs.</summary>
    internal async Task<(ImmutableArray<string> Segments, int Moved)> SealAsync(RunState state)
    {
        var segments = state.Segments;
        var moved = 0;
        while (state.Tail.Length - moved >= SegmentSize)
        {
            var segment = state.Tail.Slice(moved, SegmentSize);
            segments = segments.Add(await blobs.PutAsync(Segments.Encode(segment), default));
            moved += SegmentSize;
        }

        return (segments, moved);
    }

    /// <summary>The last outcome of each ordinal of a range that has one. What came last is read first, and no more once all have been found.</summary>
    internal async Task<Dictionary<long, RolloutOutcome>> LastAsync(RunState state, long first = 0, long count = long.MaxValue)
    {
        var last = new Dictionary<long, RolloutOutcome>();
        for (var segment = state.Segments.Length; segment >= 0 && last.Count < count; segment--)
        {
            foreach (var outcome in (await ReadAsync(state, (long)segment * SegmentSize)).Outcomes.Reverse().Where(outcome => outcome.Ordinal >= first && outcome.Ordinal - first < count))
            {
                last.TryAdd(outcome.Ordinal, outcome);
            }
        }

        return last;
    }

    /// <summary>A page of outcomes: one segment, or what is left of it, or the tail.</summary>
    internal async Task<OutcomePage> ReadAsync(RunState state, long from)
    {
        var segment = (int)(from / SegmentSize);
        if (segment < state.Segments.Length)
        {
            var outcomes = Segments.Decode(await blobs.GetAsync(state.Segments[segment], default));
            var skipped = (int)(from % SegmentSize);
            return new OutcomePage(outcomes.Slice(skipped, outcomes.Length - skipped), (segment + 1L) * SegmentSize);
        }

        var start = (int)Math.Min(state.Tail.Length, from - ((long)state.Segments.Length * SegmentSize));
        return new OutcomePage(state.Tail.Slice(start, state.Tail.Length - start), from + state.Tail.Length - start);
    }
}
