using StepTool.Core.Chance;
using Xunit;

namespace StepTool.Tests.Chance;

[Trait("Kind", "Unit")]
public sealed class ChanceTests
{
    [Fact]
    public void Next_FromAKnownState_IsXoshiro256StarStar()
    {
        // The published reference code, started from the words 1, 2, 3, 4.
        var random = new SeededRandom([1ul, 2, 3, 4]);
        Assert.Equal([11520ul, 0, 1509978240, 1215971899390074240, 1216172134540287360], Enumerable.Range(0, 5).Select(_ => random.Next()));
    }

    [Fact]
    public void State_Restored_GoesOnAlike()
    {
        var random = new SeededRandom(7);
        random.Next();
        var restored = new SeededRandom(random.State);
        Assert.Equal(Enumerable.Range(0, 10).Select(_ => random.Next()), Enumerable.Range(0, 10).Select(_ => restored.Next()));
    }

    [Fact]
    public void Constructor_NoState_Throws()
    {
        Assert.Throws<ArgumentException>(() => new SeededRandom([0ul, 0, 0, 0]));
        Assert.Throws<ArgumentException>(() => new SeededRandom([1ul, 2, 3]));
    }

    [Fact]
    public void FirstDouble_AnySeed_IsTheFirstOfTheGenerator() =>
        Assert.All(Enumerable.Range(0, 100), seed => Assert.Equal(new SeededRandom((ulong)seed).NextDouble(), SeededRandom.FirstDouble((ulong)seed)));

    [Fact]
    public void NextInt_ManyDraws_AreEven()
    {
        var random = new SeededRandom(1);
        var counts = new int[7];
        for (var draw = 0; draw < 70_000; draw++)
        {
            counts[random.NextInt(7)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt(0));
    }

    [Fact]
    public void NextDoubleAndGaussian_ManyDraws_HaveTheirMoments()
    {
        var random = new SeededRandom(2);
        var doubles = Enumerable.Range(0, 50_000).Select(_ => random.NextDouble()).ToArray();
        var normals = Enumerable.Range(0, 50_000).Select(_ => random.NextGaussian()).ToArray();
        Assert.All(doubles, value => Assert.InRange(value, 0, 1 - double.Epsilon));
        Assert.InRange(doubles.Average(), 0.49, 0.51);
        Assert.InRange(normals.Average(), -0.02, 0.02);
        Assert.InRange(normals.Average(value => value * value), 0.97, 1.03);
    }

    [Fact]
    public void Shuffle_KeepsAllAndFollowsTheSeed()
    {
        var (one, other, third) = (Shuffled(1), Shuffled(1), Shuffled(2));
        Assert.Equal(Enumerable.Range(0, 50), one.Order());
        Assert.Equal(one, other);
        Assert.NotEqual(one, third);
    }

    [Fact]
    public void Hash_KnownTexts_NeverChange()
    {
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", StableHash.Content("abc"));
        Assert.Equal(0xba7816bf8f01cfeaul, StableHash.Prefix(StableHash.Content("abc")));
        Assert.Equal(StableHash.Of("task", 1), StableHash.Of("task", 1));
        Assert.Equal(4, new[] { StableHash.Of("a"), StableHash.Of("b"), StableHash.Of("a", 1), StableHash.Of("") }.Distinct().Count());
    }

    [Fact]
    public void Combine_NearValues_ShareNoPattern()
    {
        var differing = Enumerable.Range(0, 1000).Average(value => System.Numerics.BitOperations.PopCount(StableHash.Combine(5, (ulong)value) ^ StableHash.Combine(5, (ulong)value + 1)));
        Assert.InRange(differing, 31, 33);
    }

    private static int[] Shuffled(ulong seed)
    {
        int[] items = [.. Enumerable.Range(0, 50)];
        new SeededRandom(seed).Shuffle<int>(items);
        return items;
    }
}
