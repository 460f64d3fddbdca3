using System.Runtime.InteropServices;

namespace StepTool.Learning.Backends.Managed;

/// <summary>One thread's scratch memory for matrix products, aligned to cache lines; it grows and is then reused.</summary>
internal sealed unsafe class PackBuffers
{
    private const int Alignment = 64;

    [ThreadStatic]
    private static PackBuffers? _current;

    private void* _left;
    private void* _right;
    private void* _scores;
    private nuint _leftLength;
    private nuint _rightLength;
    private nuint _scoresLength;

    private PackBuffers()
    {
        Tile = (float*)NativeMemory.AlignedAlloc(64 * 64 * sizeof(float), Alignment);
    }

    ~PackBuffers()
    {
        NativeMemory.AlignedFree(Tile);
        NativeMemory.AlignedFree(_left);
        NativeMemory.AlignedFree(_right);
        NativeMemory.AlignedFree(_scores);
    }

    /// <summary>The calling thread's buffers.</summary>
    public static PackBuffers Current => _current ??= new PackBuffers();

    /// <summary>Room for one tile at an edge.</summary>
    public float* Tile { get; }

    /// <summary>Room for packed rows.</summary>
    public float* Left(int length) => Grow(ref _left, ref _leftLength, (nuint)length);

    /// <summary>Room for packed columns.</summary>
    public float* Right(int length) => Grow(ref _right, ref _rightLength, (nuint)length);

    /// <summary>Room for one head's scores, which no product touches.</summary>
    public float* Scores(int length) => Grow(ref _scores, ref _scoresLength, (nuint)length);

    private static float* Grow(ref void* memory, ref nuint length, nuint needed)
    {
        if (length < needed)
        {
            NativeMemory.AlignedFree(memory);
            memory = NativeMemory.AlignedAlloc(needed * sizeof(float), Alignment);
            length = needed;
        }

        return (float*)memory;
    }
}
