using StepTool.Core.Chance;
using StepTool.Core.Runs;
using Xunit;

namespace StepTool.Tests.Runs;

[Trait("Kind", "Property")]
public sealed class OrdinalSetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyOperations_AgainstAHashSet_AgreeInEverything(ulong seed)
    {
        var random = new SeededRandom(seed);
        var set = OrdinalSet.Empty;
        var expected = new HashSet<long>();
        for (var operation = 0; operation < 3000; operation++)
        {
            var (ordinal, length) = (random.NextInt(80), random.NextInt(12));
            switch (random.NextInt(4))
            {
                case 0:
                    set = set.Add(ordinal);
                    expected.Add(ordinal);
                    break;
                case 1:
                    set = set.Remove(ordinal);
                    expected.Remove(ordinal);
                    break;
                case 2:
                    set = set.AddRange(ordinal, ordinal + length);
                    expected.UnionWith(Enumerable.Range(ordinal, length).Select(one => (long)one));
                    break;
                default:
                    set = set.Union(OrdinalSet.Empty.Add(ordinal).AddRange(ordinal + 2, ordinal + 2 + length));
                    expected.UnionWith(Enumerable.Range(ordinal + 2, length).Select(one => (long)one).Append(ordinal));
                    break;
            }

            Assert.True(Agrees(set, expected), $"Seed {seed}, operation {operation}: {string.Join(',', set.Bounds)} for {string.Join(',', expected.Order())}.");
            if (expected.Count > 60)
            {
                (set, expected) = (OrdinalSet.Empty, []);
            }
        }
    }

    [Fact]
    public void Equals_SameOrdinalsInAnotherOrder_IsTrue()
    {
        var one = OrdinalSet.Empty.Add(3).Add(1).Add(2);
        var other = OrdinalSet.Empty.AddRange(1, 4);
        Assert.Equal(other, one);
        Assert.Equal(other.GetHashCode(), one.GetHashCode());
        Assert.NotEqual(other, one.Add(5));
    }

    [Fact]
    public void AddRange_EndBeforeStart_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => OrdinalSet.Empty.AddRange(3, 2));

    [Fact]
    public void Add_Negative_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => OrdinalSet.Empty.Add(-1));

    private static bool Agrees(OrdinalSet set, HashSet<long> expected)
    {
        var missing = 0L;
        while (expected.Contains(missing))
        {
            missing++;
        }

        return set.Ordinals().SequenceEqual(expected.Order())
            && set.Count == expected.Count
            && set.FirstMissing == missing
            && set.End == (expected.Count == 0 ? 0 : expected.Max() + 1)
            && Enumerable.Range(-1, 100).All(ordinal => set.Contains(ordinal) == expected.Contains(ordinal))
            && Enumerable.Range(1, Math.Max(0, set.Bounds.Length - 1)).All(index => set.Bounds[index] > set.Bounds[index - 1]); // disjoint and not adjacent
    }
}
