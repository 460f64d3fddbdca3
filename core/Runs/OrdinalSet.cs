using System.Collections.Immutable;

namespace StepTool.Core.Runs;

/// <summary>An immutable set of ordinals, kept as sorted, disjoint, non-adjacent intervals, so that a million finished episodes cost a few numbers.</summary>
public sealed record OrdinalSet
{
    /// <summary>The empty set.</summary>
    public static OrdinalSet Empty { get; } = new();

    /// <summary>Interval bounds in ascending order: from (included), to (excluded), from, to, ...</summary>
    public ImmutableArray<long> Bounds { get; init; } = [];

    /// <summary>Number of ordinals in the set.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long Count
    {
        get
        {
            var count = 0L;
            for (var index = 0; index < Bounds.Length; index += 2)
            {
                count += Bounds[index + 1] - Bounds[index];
            }

            return count;
        }
    }

    /// <summary>The smallest ordinal from 0 that is not in the set.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long FirstMissing => Bounds is [0, var end, ..] ? end : 0;

    /// <summary>The ordinal after the greatest in the set; 0 for the empty set.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long End => Bounds.IsEmpty ? 0 : Bounds[^1];

    /// <summary>Whether the ordinal is in the set.</summary>
    public bool Contains(long ordinal)
    {
        var position = UpperBound(ordinal);
        return (position & 1) == 1; // after a "from" and before its "to"
    }

    /// <summary>The set with one ordinal more.</summary>
    public OrdinalSet Add(long ordinal) => AddRange(ordinal, ordinal + 1);

    /// <summary>The set with the ordinals [from, to) too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is negative or ends before it starts.</exception>
    public OrdinalSet AddRange(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        if (from == to)
        {
            return this;
        }

        var merged = ImmutableArray.CreateBuilder<long>(Bounds.Length + 2);
        var index = 0;
        for (; index < Bounds.Length && Bounds[index + 1] < from; index += 2)
        {
            merged.Add(Bounds[index]);
            merged.Add(Bounds[index + 1]);
        }

        for (; index < Bounds.Length && Bounds[index] <= to; index += 2)
        {
            from = Math.Min(from, Bounds[index]);
            to = Math.Max(to, Bounds[index + 1]);
        }

        merged.Add(from);
        merged.Add(to);
        merged.AddRange(Bounds.AsSpan()[index..]);
        return new OrdinalSet { Bounds = merged.DrainToImmutable() };
    }

    /// <summary>The ordinals of both sets.</summary>
    public OrdinalSet Union(OrdinalSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var union = this;
        for (var index = 0; index < other.Bounds.Length; index += 2)
        {
            union = union.AddRange(other.Bounds[index], other.Bounds[index + 1]);
        }

        return union;
    }

    /// <summary>The set without one ordinal.</summary>
    public OrdinalSet Remove(long ordinal)
    {
        var position = UpperBound(ordinal);
        if ((position & 1) == 0)
        {
            return this;
        }

        var (from, to) = (Bounds[position - 1], Bounds[position]);
        var cut = ImmutableArray.CreateBuilder<long>(Bounds.Length + 2);
        cut.AddRange(Bounds.AsSpan()[..(position - 1)]);
        if (from < ordinal)
        {
            cut.Add(from);
            cut.Add(ordinal);
        }

        if (ordinal + 1 < to)
        {
            cut.Add(ordinal + 1);
            cut.Add(to);
        }

        cut.AddRange(Bounds.AsSpan()[(position + 1)..]);
        return new OrdinalSet { Bounds = cut.DrainToImmutable() };
    }

    /// <summary>The ordinals in ascending order.</summary>
    public IEnumerable<long> Ordinals()
    {
        for (var index = 0; index < Bounds.Length; index += 2)
        {
            for (var ordinal = Bounds[index]; ordinal < Bounds[index + 1]; ordinal++)
            {
                yield return ordinal;
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(OrdinalSet? other) => other is not null && Bounds.AsSpan().SequenceEqual(other.Bounds.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Bounds.Length == 0 ? 0 : HashCode.Combine(Bounds.Length, Bounds[0], Bounds[^1]);

    /// <summary>Number of bounds that are not greater than the ordinal.</summary>
    private int UpperBound(long ordinal)
    {
        var (low, high) = (0, Bounds.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Bounds[middle] <= ordinal ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
