using System.Numerics;
using StepTool.Core.Chance;

namespace StepTool.Core.Evaluation;

/// <summary>
/// Bootstrap crossed over task components and seeds: each draw takes components, and seeds where there are enough, with replacement, and is the same for
/// all methods and metrics, so that differences are paired. Two instances with equal arguments draw alike.
/// </summary>
/// <remarks>
/// A draw of every method and metric is one row of a matrix product, [draws, components] x [components, columns], where a column is one method's sums at one
/// seed. Each column adds its components in order by fused multiply-adds, so results do not depend on the machine's vector width.
/// Owen and Eckles, "Bootstrapping data arrays of arbitrary order", 2012, for the crossed design.
/// </remarks>
public sealed class Bootstrap
{
    /// <summary>Draws by default.</summary>
    public const int DefaultDraws = 10_000;

    /// <summary>Fewest seeds that are drawn; below, intervals cover tasks only.</summary>
    public const int FewestSeeds = 5;

    private const ulong FixedSeed = 2410_07745;
    private const int RowsABlock = 4;

    private readonly byte[] _componentCounts; // [draw, component]
    private readonly byte[] _seedCounts;      // [draw, seed]
    private readonly int _components;
    private readonly int _seeds;

    /// <summary>Makes the draws.</summary>
    /// <param name="components">Task components; at least 1.</param>
    /// <param name="seeds">Seeds; at least 1.</param>
    /// <param name="draws">Number of draws; rounded up to a multiple of 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public Bootstrap(int components, int seeds, int draws = DefaultDraws)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(components);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seeds);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(draws);
        (_components, _seeds, Draws) = (components, seeds, (draws + RowsABlock - 1) / RowsABlock * RowsABlock);
        _componentCounts = Multinomial(components, StableHash.Combine(FixedSeed, 1));
        _seedCounts = DrawsSeeds ? Multinomial(seeds, StableHash.Combine(FixedSeed, 2)) : [];
    }

    /// <summary>Number of draws.</summary>
    public int Draws { get; }

    /// <summary>Whether seeds are drawn too, or tasks only.</summary>
    public bool DrawsSeeds => _seeds >= FewestSeeds;

    /// <summary>The estimate of each quantity in each draw [quantity][draw]; NaN where a draw leaves nothing to divide by.</summary>
    /// <exception cref="ArgumentException">Sums are over other components, or over neither one seed nor all.</exception>
    public double[][] Resample(IReadOnlyList<ComponentSums> quantities)
    {
        if (quantities.FirstOrDefault(sums => sums.Components != _components || (sums.Seeds != 1 && sums.Seeds != _seeds)) is { } other)
        {
            throw new ArgumentException(
                $"Sums have shape [{other.Seeds}, {other.Components}]; the draws are over [1 or {_seeds}, {_components}].", nameof(quantities));
        }

        var columns = new BootstrapColumns(_components);
        var places = quantities.Select(sums => (sums.Seeds, Value: columns.Add(sums.Values, sums.Seeds), Weight: columns.Add(sums.Weights, sums.Seeds))).ToList();
        var panels = columns.Pack();
        var results = quantities.Select(_ => new double[Draws]).ToArray();
        var counts = new double[_components * RowsABlock];
        var rows = new double[RowsABlock * columns.PaddedCount];
        for (var first = 0; first < Draws; first += RowsABlock)
        {
            for (var component = 0; component < _components; component++)
            {
                for (var row = 0; row < RowsABlock; row++)
                {
                    counts[(component * RowsABlock) + row] = _componentCounts[((first + row) * _components) + component];
                }
            }

            Multiply(counts, panels, rows, columns.PaddedCount);
            for (var quantity = 0; quantity < results.Length; quantity++)
            {
                var (seeds, value, weight) = places[quantity];
                for (var row = 0; row < RowsABlock; row++)
                {
                    var sums = rows.AsSpan(row * columns.PaddedCount, columns.PaddedCount);
                    results[quantity][first + row] = OverSeeds(sums.Slice(value, seeds), first + row) / OverSeeds(sums.Slice(weight, seeds), first + row);
                }
            }
        }

        return results;
    }

    private double OverSeeds(ReadOnlySpan<double> sums, int draw)
    {
        var total = 0.0;
        for (var seed = 0; seed < sums.Length; seed++)
        {
            total += sums.Length > 1 && DrawsSeeds ? sums[seed] * _seedCounts[(draw * _seeds) + seed] : sums[seed];
        }

        return total;
    }

    // Four draws by two vectors of columns stay in registers while the components pass by.
    private void Multiply(double[] counts, double[] panels, double[] rows, int stride)
    {
        var width = 2 * Vector<double>.Count;
        for (var column = 0; column < stride; column += width)
        {
            Vector<double> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
            var panel = panels.AsSpan(column * _components, width * _components);
            for (var component = 0; component < _components; component++)
            {
                var left = new Vector<double>(panel.Slice(component * width));
                var right = new Vector<double>(panel.Slice((component * width) + Vector<double>.Count));
                var four = counts.AsSpan(component * RowsABlock, RowsABlock);
                var (a, b, c, d) = (new Vector<double>(four[0]), new Vector<double>(four[1]), new Vector<double>(four[2]), new Vector<double>(four[3]));
                (a0, a1) = (Vector.FusedMultiplyAdd(a, left, a0), Vector.FusedMultiplyAdd(a, right, a1));
                (b0, b1) = (Vector.FusedMultiplyAdd(b, left, b0), Vector.FusedMultiplyAdd(b, right, b1));
                (c0, c1) = (Vector.FusedMultiplyAdd(c, left, c0), Vector.FusedMultiplyAdd(c, right, c1));
                (d0, d1) = (Vector.FusedMultiplyAdd(d, left, d0), Vector.FusedMultiplyAdd(d, right, d1));
            }

            Store(rows, column, a0, a1);
            Store(rows, stride + column, b0, b1);
            Store(rows, (2 * stride) + column, c0, c1);
            Store(rows, (3 * stride) + column, d0, d1);
        }
    }

    private static void Store(double[] rows, int at, Vector<double> left, Vector<double> right)
    {
        left.CopyTo(rows, at);
        right.CopyTo(rows, at + Vector<double>.Count);
    }

    private byte[] Multinomial(int items, ulong seed)
    {
        var random = new SeededRandom(seed);
        var counts = new byte[Draws * items];
        for (var draw = 0; draw < Draws; draw++)
        {
            var row = counts.AsSpan(draw * items, items);
            for (var pick = 0; pick < items; pick++)
            {
                row[random.NextInt(items)]++;
            }
        }

        return counts;
    }
}
