namespace StepTool.Core.Features;

/// <summary>The memory of one extraction, kept for each thread: a decision allocates nothing once the largest has been seen.</summary>
internal sealed class Scratch
{
    [ThreadStatic]
    private static Scratch? _ofThisThread;

    internal static Scratch OfThisThread => _ofThisThread ??= new Scratch();

    internal History History { get; } = new();

    internal ApiFeatures Apis { get; } = new();

    internal ArgumentFeatures Arguments { get; } = new();

    /// <summary>Makes room for some values and sets them to nothing.</summary>
    internal static void Clear<T>(ref T[] values, int length)
    {
        if (values.Length < length)
        {
            values = new T[length];
            return;
        }

        values.AsSpan(0, length).Clear();
    }
}
