namespace StepTool.Learning.Models;

/// <summary>The memory of a backward pass; it grows and is then reused. For one thread at a time.</summary>
public sealed class GradientWorkspace
{
    private float[] _first = [];
    private float[] _second = [];
    private float[] _context = [];
    private float[] _shared = [];
    private float[] _pooled = [];
    private float[] _hidden = [];

    internal Span<float> First(int length) => Sized(ref _first, length);

    internal Span<float> Second(int length) => Sized(ref _second, length);

    internal Span<float> Context(int length) => Sized(ref _context, length);

    internal Span<float> Shared(int length) => Sized(ref _shared, length);

    internal Span<float> Pooled(int length) => Sized(ref _pooled, length);

    internal Span<float> Hidden(int length) => Sized(ref _hidden, length);


    private static Span<float> Sized(ref float[] memory, int length)
    {
        if (memory.Length < length)
        {
            memory = new float[Math.Max(length, memory.Length * 2)];
        }

        return memory.AsSpan(0, length);
    }
}
