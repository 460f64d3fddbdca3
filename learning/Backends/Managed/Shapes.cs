using System.Diagnostics.CodeAnalysis;

namespace StepTool.Learning.Backends.Managed;

/// <summary>Checks of lengths before any arithmetic.</summary>
internal static class Shapes
{
    public static void Require(string name, int length, int rows, int columns)
    {
        if (rows < 0 || columns < 0 || length != (long)rows * columns)
        {
            Refuse(name, length, $"[{rows}, {columns}]");
        }
    }

    public static void RequireRows(string name, int length, int columns)
    {
        if (columns < 1 || length % columns != 0)
        {
            Refuse(name, length, $"[rows, {columns}]");
        }
    }

    /// <summary>Checks that one span has a row a segment and the other a row a candidate, of the same width.</summary>
    public static void RequireSegments(ReadOnlySpan<int> offsets, int perSegment, int perRow)
    {
        var segments = offsets.Length - 1;
        if (segments < 1 || perSegment % segments != 0)
        {
            Refuse("the values of segments", perSegment, $"[{segments} segments, columns]");
        }

        Require("the values of candidates", perRow, offsets[segments], perSegment / segments);
    }

    [DoesNotReturn]
    private static void Refuse(string name, int length, string shape) =>
        throw new ArgumentException($"'{name}' holds [{length}] numbers, the operation needs {shape}.");
}
