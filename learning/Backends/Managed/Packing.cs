using System.Runtime.Intrinsics;

namespace StepTool.Learning.Backends.Managed;

/// <summary>Copies parts of a factor into panels that a kernel reads from front to back; what is missing at an edge is zero.</summary>
internal static unsafe class Packing
{
    /// <summary>Panels of <paramref name="tile"/> rows: [panel, term, row of the panel].</summary>
    public static void Rows(Strided left, int rows, int inner, int tile, float* packed)
    {
        for (var first = 0; first < rows; first += tile, packed += (nint)tile * inner)
        {
            Panel(left.At(first, 0), Math.Min(tile, rows - first), inner, tile, packed);
        }
    }

    /// <summary>Panels of <paramref name="tile"/> columns: [panel, term, column of the panel].</summary>
    public static void Columns(Strided right, int inner, int columns, int tile, float* packed)
    {
        var turned = new Strided(right.Origin, right.Inner, right.Row);
        for (var first = 0; first < columns; first += tile, packed += (nint)tile * inner)
        {
            Panel(turned.At(first, 0), Math.Min(tile, columns - first), inner, tile, packed);
        }
    }

    /// <summary>packed[k * tile + i] = element (i, k).</summary>
    private static void Panel(Strided source, int lanes, int inner, int tile, float* packed)
    {
        if (lanes < tile)
        {
            new Span<float>(packed, tile * inner).Clear();
        }

        if (source.Row == 1)
        {
            for (var term = 0; term < inner; term++)
            {
                new ReadOnlySpan<float>(source.Origin + (term * source.Inner), lanes).CopyTo(new Span<float>(packed + ((nint)term * tile), lanes));
            }

            return;
        }

        var lane = 0;
        if (source.Inner == 1)
        {
            for (; lane + 4 <= lanes; lane += 4)
            {
                FourLanes(source.At(lane, 0), inner, tile, packed + lane);
            }
        }

        for (; lane < lanes; lane++)
        {
            var from = source.Origin + (lane * source.Row);
            for (var term = 0; term < inner; term++)
            {
                packed[((nint)term * tile) + lane] = from[term * source.Inner];
            }
        }
    }

    private static void FourLanes(Strided source, int inner, int tile, float* packed)
    {
        var term = 0;
        for (; term + 4 <= inner; term += 4)
        {
            var a = Vector128.Load(source.Origin + term);
            var b = Vector128.Load(source.Origin + source.Row + term);
            var c = Vector128.Load(source.Origin + (2 * source.Row) + term);
            var d = Vector128.Load(source.Origin + (3 * source.Row) + term);
            // A 4 by 4 transpose in registers: pairs of rows are interleaved, then pairs of pairs.
            var abLow = Interleave(a, b, upper: false);
            var abHigh = Interleave(a, b, upper: true);
            var cdLow = Interleave(c, d, upper: false);
            var cdHigh = Interleave(c, d, upper: true);
            var to = packed + ((nint)term * tile);
            Vector128.Create(abLow.GetLower(), cdLow.GetLower()).Store(to);
            Vector128.Create(abLow.GetUpper(), cdLow.GetUpper()).Store(to + tile);
            Vector128.Create(abHigh.GetLower(), cdHigh.GetLower()).Store(to + (2 * tile));
            Vector128.Create(abHigh.GetUpper(), cdHigh.GetUpper()).Store(to + (3 * tile));
        }

        for (; term < inner; term++)
        {
            for (var lane = 0; lane < 4; lane++)
            {
                packed[((nint)term * tile) + lane] = source.Origin[(lane * source.Row) + term];
            }
        }
    }

    private static Vector128<float> Interleave(Vector128<float> first, Vector128<float> second, bool upper)
    {
        // Shuffle takes one vector, so each half is spread and the other's lanes are selected in between.
        var spread = upper ? Vector128.Create(2, 2, 3, 3) : Vector128.Create(0, 0, 1, 1);
        var odd = Vector128.Create(0, -1, 0, -1).AsSingle();
        return Vector128.ConditionalSelect(odd, Vector128.Shuffle(second, spread), Vector128.Shuffle(first, spread));
    }
}
