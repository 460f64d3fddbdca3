namespace StepTool.Learning.Models;

/// <summary>One named tensor within the flat array that holds all weights.</summary>
/// <param name="Name">The name, as in a checkpoint.</param>
/// <param name="Rows">Rows; 1 for a vector.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Offset">Where it starts.</param>
/// <param name="Decays">Whether weight decay applies: to matrices, not to vectors.</param>
public readonly record struct TensorSlice(string Name, int Rows, int Columns, int Offset, bool Decays)
{
    /// <summary>The number of weights.</summary>
    public int Length => Rows * Columns;

    /// <summary>One past its last weight.</summary>
    public int End => Offset + Length;

    /// <summary>This tensor's part of a flat array.</summary>
    /// <param name="values">Values in the layout's order.</param>
    public Span<float> Of(Span<float> values) => values.Slice(Offset, Length);

    /// <summary>This tensor's part of a flat array.</summary>
    /// <param name="values">Values in the layout's order.</param>
    public ReadOnlySpan<float> Of(ReadOnlySpan<float> values) => values.Slice(Offset, Length);
}
