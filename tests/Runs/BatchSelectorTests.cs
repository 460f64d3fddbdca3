using StepTool.Core.Chance;
using StepTool.Core.Runs;
using Xunit;

namespace StepTool.Tests.Runs;

[Trait("Kind", "Unit")]
public sealed class BatchSelectorTests
{
    private static readonly OrdinalSet None = OrdinalSet.Empty;

    [Fact]
    public void Next_TooFewFinished_IsEmpty() => Assert.Empty(Next([0, 1, 2], None, 4, deterministic: false));

    [Fact]
    public void Next_OneSlowEpisode_HoldsUpNobody() => Assert.Equal([1L, 2, 3, 4], Next([1, 2, 3, 4, 5], None, 4, deterministic: false));

    [Fact]
    public void Next_OrdinalNotYetTwoBatchesBehind_IsPassedOver() => Assert.Equal([4L, 5, 6, 7], Next([4, 5, 6, 7], None.AddRange(1, 4), 4, deterministic: false));

    [Fact]
    public void Next_OrdinalTwoBatchesBehind_IsWaitedFor()
    {
        Assert.Empty(Next([5, 6, 7, 8], None.AddRange(1, 5), 4, deterministic: false));
        Assert.Equal([0L, 9, 10, 11], Next([0, 9, 10, 11, 12], None.AddRange(1, 9), 4, deterministic: false));
    }

    [Fact]
    public void Next_Deterministic_IsExactlyTheNextInterval()
    {
        Assert.Equal([4L, 5, 6, 7], Next([4, 5, 6, 7, 8], None.AddRange(0, 4), 4, deterministic: true));
        Assert.Empty(Next([4, 5, 7, 8], None.AddRange(0, 4), 4, deterministic: true));
        Assert.Empty(Next([5, 6, 7, 8], None.AddRange(0, 4), 4, deterministic: true));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Next_EpisodesInAnyOrder_ConsumesEachOnceAndLeavesNoneFarBehind(ulong seed)
    {
        const int Batch = 4, Total = 200;
        var random = new SeededRandom(seed);
        var (consumed, finished, running) = (None, new SortedSet<long>(), Enumerable.Range(0, Total).Select(one => (long)one).ToList());
        while (consumed.Count < Total)
        {
            Assert.True(running.Count + finished.Count > 0, $"Seed {seed}: nothing left after {consumed.Count}.");
            if (running.Count > 0)
            {
                // Mostly the oldest finish first, now and then one far ahead; the very oldest is slow.
                var next = random.NextInt(Math.Min(running.Count, 3 * Batch));
                finished.Add(running[next]);
                running.RemoveAt(next);
            }

            foreach (var ordinal in Next([.. finished], consumed, Batch, deterministic: false))
            {
                Assert.True(finished.Remove(ordinal), $"Seed {seed}: {ordinal} was not finished.");
                Assert.False(consumed.Contains(ordinal), $"Seed {seed}: {ordinal} was consumed twice.");
                consumed = consumed.Add(ordinal);
            }

            Assert.True(consumed.FirstMissing >= consumed.End - (2 * Batch), $"Seed {seed}: {consumed.FirstMissing} is left behind {consumed.End}.");
        }
    }

    private static long[] Next(long[] finished, OrdinalSet consumed, int batchSize, bool deterministic) => [.. BatchSelector.Next(finished, consumed, batchSize, deterministic)];
}
