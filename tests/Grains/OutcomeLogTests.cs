using System.Collections.Immutable;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Runs;
using StepTool.Silo.Storage;
using StepTool.Tests.Serialization;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>The outcomes of a very long run.</summary>
[Trait("Kind", "Unit")]
public sealed class OutcomeLogTests
{
    private const int PerIndex = OutcomeLog.SegmentSize * OutcomeLog.IndexSize;
    private const int Outcomes = (2 * PerIndex) + (3 * OutcomeLog.SegmentSize) + 5;
    private static readonly RolloutOutcome Any = new Filler(isFull: true).Make<RolloutOutcome>();
    private readonly CountedBlobs _blobs = new();
    private readonly OutcomeLog _log;

    public OutcomeLogTests() => _log = new OutcomeLog(_blobs);

    [Fact]
    public async Task Seal_OfALongRun_LeavesFewNamesInTheStateAndKeepsAllOutcomes()
    {
        var state = await SealedAsync(new RunState());

        Assert.Equal((2, 3, 5, Outcomes - 5L), (state.Indices.Length, state.Segments.Length, state.Tail.Length, OutcomeLog.Sealed(state)));
        await AssertAllAsync(state);
        Assert.Equal([PerIndex + 127L], (await _log.ReadAsync(state, PerIndex + 127)).Outcomes.Select(outcome => outcome.Ordinal));
    }

    [Fact]
    public async Task State_OfBeforeThereWereIndices_IsReadAndGetsThem()
    {
        var newer = await SealedAsync(new RunState());
        var names = new List<string>();
        foreach (var index in newer.Indices)
        {
            names.AddRange(OutcomeLog.Indices.Decode(await _blobs.GetAsync(index, default)));
        }

        var older = newer with { Indices = [], Segments = [.. names, .. newer.Segments] };
        await AssertAllAsync(older);

        var later = await SealedAsync(older, older.Tail.Length, OutcomeLog.SegmentSize);
        Assert.Equal<string>(newer.Indices.ToArray(), later.Indices.ToArray());
        Assert.Equal(4, later.Segments.Length);
    }

    [Fact]
    public async Task Read_OfAllPages_ReadsEachBlobOnce()
    {
        var state = await SealedAsync(new RunState());
        _blobs.Reads.Clear();

        await AssertAllAsync(state);

        Assert.All(_blobs.Reads.Values, reads => Assert.Equal(1, reads));
        Assert.Equal((2 * OutcomeLog.IndexSize) + 3 + 2, _blobs.Reads.Count);
    }

    [Fact]
    public async Task Last_OfSomeOrdinals_IsTheLatestAndReadsNoMoreThanItMust()
    {
        var state = await SealedAsync(new RunState());
        state = state with { Tail = state.Tail.Add(Any with { Ordinal = PerIndex, Resumed = 1 }) };
        _blobs.Reads.Clear();

        Assert.Equal(1, Assert.Single(await _log.LastAsync(state, PerIndex, 1)).Value.Resumed);
        Assert.Empty(_blobs.Reads);
        Assert.Equal([0L, 1], (await _log.LastAsync(state, 0, 2)).Keys.Order());
        Assert.Equal(Outcomes, (await _log.LastAsync(state)).Count);
    }

    private async Task<RunState> SealedAsync(RunState state, int first = 0, int count = Outcomes)
    {
        for (var ordinal = first; ordinal < first + count; ordinal += OutcomeLog.SegmentSize)
        {
            var more = Enumerable.Range(ordinal, Math.Min(OutcomeLog.SegmentSize, first + count - ordinal)).Select(next => Any with { Ordinal = next, Resumed = 0 });
            state = state with { Tail = [.. state.Tail, .. more] };
            var moved = await _log.SealAsync(state);
            state = state with { Indices = moved.Indices, Segments = moved.Segments, Tail = state.Tail[moved.Moved..] };
        }

        return state;
    }

    private async Task AssertAllAsync(RunState state)
    {
        var read = new List<long>();
        while (await _log.ReadAsync(state, read.Count) is { Outcomes.Length: > 0 } page)
        {
            read.AddRange(page.Outcomes.Select(outcome => outcome.Ordinal));
            Assert.Equal(read.Count, page.Next);
        }

        Assert.Equal(Enumerable.Range(0, Outcomes).Select(ordinal => (long)ordinal), read);
    }

    private sealed class CountedBlobs : IBlobStore
    {
        private readonly MemoryBlobStore _kept = new();

        public Dictionary<string, int> Reads { get; } = [];

        public ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => _kept.PutAsync(content, cancellationToken);

        public ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
        {
            Reads[hash] = Reads.GetValueOrDefault(hash) + 1;
            return _kept.GetAsync(hash, cancellationToken);
        }

        public ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken) => _kept.ExistsAsync(hash, cancellationToken);
    }
}
