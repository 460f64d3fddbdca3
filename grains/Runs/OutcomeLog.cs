using System.Collections.Immutable;
using StepTool.Core.Serialization;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Runs;

/// <summary>
/// Outcomes of a run: full segments as blobs, the names of many segments as one blob, an index, and the rest in the run's state, so that saving costs the same at any length.
/// </summary>
internal sealed class OutcomeLog(IBlobStore blobs)
{
    /// <summary>Outcomes of a segment.</summary>
    internal const int SegmentSize = 128;

    /// <summary>Segments of an index.</summary>
    internal const int IndexSize = 128;

    /// <summary>The form of a segment.</summary>
    internal static readonly JsonBlob<ImmutableArray<RolloutOutcome>> Segments = new(new BlobHead("A segment of outcomes", Version: 3), ContractsJson.Default.Of<ImmutableArray<RolloutOutcome>>());

    /// <summary>The form of an index: its segments' blobs.</summary>
    internal static readonly JsonBlob<ImmutableArray<string>> Indices = new(new BlobHead("An index of outcomes", Version: 1), ContractsJson.Default.Of<ImmutableArray<string>>());

    private (string Blob, ImmutableArray<string> Segments) _index = ("", []); // the one that was read last

    /// <summary>Outcomes that the state holds no longer itself.</summary>
    internal static long Sealed(RunState state) => (((long)state.Indices.Length * IndexSize) + state.Segments.Length) * SegmentSize;

    /// <summary>Moves full segments, and full indices of them, to blobs.</summary>
    internal async Task<SealedOutcomes> SealAsync(RunState state)
    {
        var (indices, segments, moved) = (state.Indices, state.Segments, 0);
        while (state.Tail.Length - moved >= SegmentSize)
        {
            segments = segments.Add(await blobs.PutAsync(Segments.Encode(state.Tail.Slice(moved, SegmentSize)), default));
            moved += SegmentSize;
        }

        while (segments.Length >= IndexSize)
        {
            indices = indices.Add(await blobs.PutAsync(Indices.Encode(segments[..IndexSize]), default));
            segments = segments[IndexSize..];
        }

        return new SealedOutcomes(indices, segments, moved);
    }

    /// <summary>The last outcome of each ordinal of a range that has one. What came last is read first, and no more once all have been found.</summary>
    internal async Task<Dictionary<long, RolloutOutcome>> LastAsync(RunState state, long first = 0, long count = long.MaxValue)
    {
        var last = new Dictionary<long, RolloutOutcome>();
        for (var from = Sealed(state); from >= 0 && last.Count < count; from -= SegmentSize)
        {
            foreach (var outcome in (await ReadAsync(state, from)).Outcomes.Reverse().Where(outcome => outcome.Ordinal >= first && outcome.Ordinal - first < count))
            {
                last.TryAdd(outcome.Ordinal, outcome);
            }
        }

        return last;
    }

    /// <summary>A page of outcomes: one segment, or what is left of it, or the tail.</summary>
    internal async Task<OutcomePage> ReadAsync(RunState state, long from)
    {
        if (from >= Sealed(state))
        {
            var start = (int)Math.Min(state.Tail.Length, from - Sealed(state));
            return new OutcomePage(state.Tail[start..], from + state.Tail.Length - start);
        }

        var outcomes = Segments.Decode(await blobs.GetAsync(await SegmentAsync(state, from / SegmentSize), default));
        var skipped = (int)(from % SegmentSize);
        return new OutcomePage(outcomes[skipped..], from - skipped + SegmentSize);
    }

    private async Task<string> SegmentAsync(RunState state, long segment)
    {
        var (index, within) = ((int)(segment / IndexSize), (int)(segment % IndexSize));
        if (index >= state.Indices.Length)
        {
            return state.Segments[(int)(segment - ((long)state.Indices.Length * IndexSize))];
        }

        var (blob, segments) = _index;
        if (blob != state.Indices[index])
        {
            blob = state.Indices[index];
            segments = Indices.Decode(await blobs.GetAsync(blob, default));
            _index = (blob, segments);
        }

        return segments[within];
    }
}

/// <summary>Where a run's outcomes are once what fills a blob was moved to one.</summary>
/// <param name="Indices">The state's indices.</param>
/// <param name="Segments">The state's segments.</param>
/// <param name="Moved">Outcomes that are no longer of its tail.</param>
internal sealed record SealedOutcomes(ImmutableArray<string> Indices, ImmutableArray<string> Segments, int Moved);
