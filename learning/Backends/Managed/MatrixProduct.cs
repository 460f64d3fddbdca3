using System.Runtime.CompilerServices;

namespace StepTool.Learning.Backends.Managed;

/// <summary>Blocked matrix products on one thread, around a <see cref="IMicroKernel"/>.</summary>
/// <remarks>
/// Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008. Each element of the result is one chain of additions in the order of the
/// inner index, cut at multiples of <see cref="InnerBlock"/>, wherever the element stands. So a row's result depends neither on the other rows nor on how rows
/// are shared between threads.
/// </remarks>
/// <typeparam name="TKernel">The kernel.</typeparam>
internal static unsafe class MatrixProduct<TKernel>
    where TKernel : IMicroKernel
{
    /// <summary>Terms of a sum between two additions to the result: a packed panel of columns of this depth fits the first cache.</summary>
    private const int InnerBlock = 256;

    /// <summary>Columns that are packed at once: they stay in the last cache.</summary>
    private const int ColumnBlock = 2048;

    /// <summary>From this many columns on, packing rows pays.</summary>
    private const int PackRowsFrom = 256;

    /// <summary>Up to this width, rows of the right factor are read where they stand: they share few pages.</summary>
    private const int ReadInPlaceUpTo = 256;

    /// <summary>Rows that are packed at once: with this depth 192 KiB, which leaves room in a second cache of 1 MiB for the result and for neighbours.</summary>
    private static int RowBlock => 192 / TKernel.TileRows * TKernel.TileRows;

    /// <summary>result = left times right, plus what is added.</summary>
    /// <param name="left">The left factor, element (i, k) at i * row + k * inner distance.</param>
    /// <param name="right">The right factor, element (k, j) at k * row + j * inner distance.</param>
    /// <param name="result">The result.</param>
    /// <param name="resultRow">The distance of the result's rows.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="inner">The length of the sums.</param>
    /// <param name="added">What is added, row by row: the result as it was, or one row for all; null for nothing.</param>
    /// <param name="addedRow">The distance of its rows; 0 where it is one row for all, or null.</param>
    /// <param name="activated">Receives SiLU of the result, a block of rows at a time while it is in the second cache, with the result's distances; null for none.</param>
    public static void Multiply(
        Strided left, Strided right, float* result, nint resultRow, int rows, int columns, int inner, float* added, nint addedRow, float* activated)
    {
        var buffers = PackBuffers.Current;
        for (var firstInner = 0; firstInner < inner; firstInner += InnerBlock)
        {
            var depth = Math.Min(InnerBlock, inner - firstInner);
            var (start, startRow) = firstInner > 0 ? ((nint)result, resultRow) : ((nint)added, addedRow);
            for (var firstColumn = 0; firstColumn < columns; firstColumn += ColumnBlock)
            {
                var width = Math.Min(ColumnBlock, columns - firstColumn);
                var panels = Columns(right.At(firstInner, firstColumn), depth, width, rows, columns, buffers);
                for (var firstRow = 0; firstRow < rows; firstRow += RowBlock)
                {
                    var height = Math.Min(RowBlock, rows - firstRow);
                    var place = (firstRow * resultRow) + firstColumn;
                    Block(
                        left.At(firstRow, firstInner),
                        panels,
                        result + place,
                        resultRow,
                        new Extent(height, width, depth),
                        columns >= PackRowsFrom,
                        start == 0 ? null : (float*)start + (firstRow * startRow) + firstColumn,
                        startRow,
                        buffers);
                    if (activated is not null && firstInner + depth == inner)
                    {
                        Elementwise.Silu(result + place, activated + place, resultRow, height, width);
                    }
                }
            }
        }
    }

    private static Panels Columns(Strided right, int depth, int width, int rows, int columns, PackBuffers buffers)
    {
        var tile = TKernel.TileColumns;
        if (right.Inner == 1 && width % tile == 0 && (columns <= ReadInPlaceUpTo || rows < 2 * TKernel.TileRows))
        {
            return new Panels(right.Origin, right.Row, tile);
        }

        var packed = buffers.Right((width + tile - 1) / tile * tile * depth);
        Packing.Columns(right, depth, width, tile, packed);
        return new Panels(packed, tile, (nint)tile * depth);
    }

    private static void Block(
        Strided left, Panels panels, float* result, nint resultRow, Extent extent, bool pack, float* added, nint addedRow, PackBuffers buffers)
    {
        var tileRows = TKernel.TileRows;
        var whole = extent.Rows / tileRows * tileRows;
        var rest = extent.Rows - whole;
        // A lone row or two are cheaper as single rows than as a padded tile.
        var padded = rest > 2 || pack ? rest : 0;
        var packedRows = pack ? extent.Rows : padded;
        var packed = buffers.Left(((packedRows + tileRows - 1) / tileRows * tileRows * extent.Inner) + 1);
        Packing.Rows(left.At(pack ? 0 : whole, 0), packedRows, extent.Inner, tileRows, packed);

        for (var column = 0; column < extent.Columns; column += TKernel.TileColumns)
        {
            var panel = panels.Origin + (column / TKernel.TileColumns * panels.Distance);
            var width = Math.Min(TKernel.TileColumns, extent.Columns - column);
            var plus = added is null ? null : added + column;
            for (var row = 0; row < whole; row += tileRows)
            {
                var source = pack ? new Strided(packed + ((nint)row * extent.Inner), 1, tileRows) : left.At(row, 0);
                Tile(source, panel, panels.Row, result + (row * resultRow) + column, resultRow, tileRows, width, extent.Inner, plus + (row * addedRow), addedRow, buffers.Tile);
            }

            if (padded > 0)
            {
                var source = new Strided(packed + (pack ? (nint)whole * extent.Inner : 0), 1, tileRows);
                Tile(source, panel, panels.Row, result + (whole * resultRow) + column, resultRow, rest, width, extent.Inner, plus + (whole * addedRow), addedRow, buffers.Tile);
                continue;
            }

            for (var row = whole; row < extent.Rows; row++)
            {
                Row(left.At(row, 0), panel, panels.Row, result + (row * resultRow) + column, width, extent.Inner, plus + (row * addedRow), buffers.Tile);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(
        Strided left, float* panel, nint panelRow, float* result, nint resultRow, int rows, int columns, int inner, float* added, nint addedRow, float* edge)
    {
        if (rows == TKernel.TileRows && columns == TKernel.TileColumns)
        {
            TKernel.Tile(inner, left.Origin, left.Row, left.Inner, panel, panelRow, result, resultRow, added, addedRow);
            return;
        }

        TKernel.Tile(inner, left.Origin, left.Row, left.Inner, panel, panelRow, edge, TKernel.TileColumns, null, 0);
        for (var row = 0; row < rows; row++)
        {
            Merge(edge + (row * TKernel.TileColumns), result + (row * resultRow), columns, added + (row * addedRow));
        }
    }

    private static void Row(Strided left, float* panel, nint panelRow, float* result, int columns, int inner, float* added, float* edge)
    {
        if (columns == TKernel.TileColumns)
        {
            TKernel.Row(inner, left.Origin, left.Inner, panel, panelRow, result, added);
            return;
        }

        TKernel.Row(inner, left.Origin, left.Inner, panel, panelRow, edge, null);
        Merge(edge, result, columns, added);
    }

    private static void Merge(float* edge, float* result, int columns, float* added)
    {
        for (var column = 0; column < columns; column++)
        {
            result[column] = added is null ? edge[column] : added[column] + edge[column];
        }
    }

    private readonly record struct Extent(int Rows, int Columns, int Inner);

    private readonly struct Panels(float* origin, nint row, nint distance)
    {
        public readonly float* Origin = origin;
        public readonly nint Row = row;
        public readonly nint Distance = distance;
    }
}
