namespace StepTool.Learning.Backends.Managed;

/// <summary>The innermost part of a matrix product for one width of the hardware's vectors.</summary>
internal unsafe interface IMicroKernel
{
    /// <summary>Rows of a tile.</summary>
    static abstract int TileRows { get; }

    /// <summary>Columns of a tile.</summary>
    static abstract int TileColumns { get; }

    /// <summary>What the kernel needs, for reports.</summary>
    static abstract string Instructions { get; }

    /// <summary>Multiplies a panel of rows with a panel of columns into one tile that stays in registers.</summary>
    /// <param name="inner">The length of the sums.</param>
    /// <param name="left">Element (i, k) stands at left[i * leftRow + k * leftInner].</param>
    /// <param name="leftRow">The distance of rows.</param>
    /// <param name="leftInner">The distance of terms.</param>
    /// <param name="right">Element (k, j) stands at right[k * rightInner + j].</param>
    /// <param name="rightInner">The distance of terms.</param>
    /// <param name="result">Element (i, j) stands at result[i * resultRow + j].</param>
    /// <param name="resultRow">The distance of rows.</param>
    /// <param name="added">What is added, element (i, j) at added[i * addedRow + j]; null for nothing.</param>
    /// <param name="addedRow">The distance of its rows; 0 where it is one row for all, or null.</param>
    static abstract void Tile(
        nint inner, float* left, nint leftRow, nint leftInner, float* right, nint rightInner, float* result, nint resultRow, float* added, nint addedRow);

    /// <summary>The same for a single row.</summary>
    /// <param name="inner">The length of the sums.</param>
    /// <param name="left">Element k stands at left[k * leftInner].</param>
    /// <param name="leftInner">The distance of terms.</param>
    /// <param name="right">Element (k, j) stands at right[k * rightInner + j].</param>
    /// <param name="rightInner">The distance of terms.</param>
    /// <param name="result">The row.</param>
    /// <param name="added">The row that is added; null for nothing.</param>
    static abstract void Row(nint inner, float* left, nint leftInner, float* right, nint rightInner, float* result, float* added);
}
