namespace StepTool.Learning.Backends.Managed;

/// <summary>A matrix in memory: element (i, j) stands at origin[i * row + j * inner].</summary>
internal readonly unsafe struct Strided(float* origin, nint row, nint inner)
{
    public readonly float* Origin = origin;
    public readonly nint Row = row;
    public readonly nint Inner = inner;

    /// <summary>The same matrix from (i, j) on.</summary>
    public Strided At(nint i, nint j) => new(Origin + (i * Row) + (j * Inner), Row, Inner);

    /// <summary>The transpose.</summary>
    public Strided Turned => new(Origin, Inner, Row);
}
