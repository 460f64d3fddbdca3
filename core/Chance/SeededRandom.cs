using System.Numerics;

namespace StepTool.Core.Chance;

/// <summary>xoshiro256** (Blackman and Vigna): a small generator whose whole state is four words, so that it can be saved and replayed.</summary>
public sealed class SeededRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    /// <summary>Creates a generator whose stream is fixed by the seed.</summary>
    public SeededRandom(ulong seed)
    {
        _a = StableHash.Combine(seed, 1);
        _b = StableHash.Combine(seed, 2);
        _c = StableHash.Combine(seed, 3);
        _d = StableHash.Combine(seed, 4) | 1; // never all zero
    }

    /// <summary>Restores a generator from <see cref="State"/>.</summary>
    /// <exception cref="ArgumentException">The state has not four words, or all are zero.</exception>
    public SeededRandom(ReadOnlySpan<ulong> state)
    {
        if (state.Length != 4 || state.IndexOfAnyExcept(0ul) < 0)
        {
            throw new ArgumentException($"A generator's state has 4 words, not all zero; {state.Length} were given.", nameof(state));
        }

        (_a, _b, _c, _d) = (state[0], state[1], state[2], state[3]);
    }

    /// <summary>The four words of state.</summary>
    public ulong[] State => [_a, _b, _c, _d];

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        var result = Scramble(_b);
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => Fraction(Next());

    /// <summary>The first <see cref="NextDouble"/> of the generator with this seed, without making one.</summary>
    public static double FirstDouble(ulong seed) => Fraction(Scramble(StableHash.Combine(seed, 2)));

    /// <summary>A whole number in [0, <paramref name="bound"/>), without bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var high = Math.BigMul(Next(), (ulong)bound, out var low);
        while (low < (ulong)bound && low < unchecked((0ul - (ulong)bound) % (ulong)bound))
        {
            high = Math.BigMul(Next(), (ulong)bound, out low);
        }

        return (int)high;
    }

    /// <summary>A standard normal number (Box and Muller).</summary>
    public double NextGaussian() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextInt(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong Scramble(ulong word) => BitOperations.RotateLeft(word * 5, 7) * 9;

    private static double Fraction(ulong bits) => (bits >> 11) * (1.0 / (1ul << 53));
}
