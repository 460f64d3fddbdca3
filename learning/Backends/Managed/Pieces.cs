namespace StepTool.Learning.Backends.Managed;

/// <summary>How operations are cut: into pieces long enough that calling a thread for one is worth it.</summary>
internal static class Pieces
{
    /// <summary>Numbers in a piece.</summary>
    public const int Length = 16_384;

    /// <summary>Columns in a piece of what is summed down the rows, 4 vectors of 512 bits: each column's sum stays with one thread.</summary>
    public const int Columns = 64;

    /// <summary>Pieces of a run of numbers.</summary>
    public static int Of(int length) => (length + Length - 1) / Length;

    /// <summary>Rows in a piece.</summary>
    public static int Rows(int columns) => Math.Max(1, Length / Math.Max(1, columns));

    /// <summary>Pieces of rows.</summary>
    public static int OfRows(int rows, int columns) => (rows + Rows(columns) - 1) / Rows(columns);

    /// <summary>Pieces of columns: one where the whole is small.</summary>
    public static int OfColumns(int rows, int columns) => (long)rows * columns < 2 * Length ? 1 : (columns + Columns - 1) / Columns;
}
