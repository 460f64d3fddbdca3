using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
        var turned = right.Turned;
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
        var second = source.Origin + source.Row;
        var third = second + source.Row;
        var fourth = third + source.Row;
        var term = 0;
        for (; term + 4 <= inner; term += 4)
        {
            // A 4 by 4 transpose in registers: numbers of two rows are interleaved, then pairs of numbers.
            var (a, b) = (Vector128.Load(source.Origin + term), Vector128.Load(second + term));
            var (c, d) = (Vector128.Load(third + term), Vector128.Load(fourth + term));
            var (abLow, cdLow) = (InterleaveLow(a, b).AsDouble(), InterleaveLow(c, d).AsDouble());
            var (abHigh, cdHigh) = (InterleaveHigh(a, b).AsDouble(), InterleaveHigh(c, d).AsDouble());
            var to = packed + ((nint)term * tile);
            InterleaveLow(abLow, cdLow).AsSingle().Store(to);
            InterleaveHigh(abLow, cdLow).AsSingle().Store(to + tile);
            InterleaveLow(abHigh, cdHigh).AsSingle().Store(to + (2 * tile));
            InterleaveHigh(abHigh, cdHigh).AsSingle().Store(to + (3 * tile));
        }

        for (; term < inner; term++)
        {
            for (var lane = 0; lane < 4; lane++)
            {
                packed[((nint)term * tile) + lane] = source.Origin[(lane * source.Row) + term];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveLow(Vector128<float> first, Vector128<float> second) => Sse.IsSupported
        ? Sse.UnpackLow(first, second)
        : Vector128.Create(first[0], second[0], first[1], second[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveHigh(Vector128<float> first, Vector128<float> second) => Sse.IsSupported
        ? Sse.UnpackHigh(first, second)
        : Vector128.Create(first[2], second[2], first[3], second[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> InterleaveLow(Vector128<double> first, Vector128<double> second) => Sse2.IsSupported
        ? Sse2.UnpackLow(first, second)
        : Vector128.Create(first[0], second[0]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> InterleaveHigh(Vector128<double> first, Vector128<double> second) => Sse2.IsSupported
        ? Sse2.UnpackHigh(first, second)
        : Vector128.Create(first[1], second[1]);
}
