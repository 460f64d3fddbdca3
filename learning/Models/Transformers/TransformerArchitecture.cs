namespace StepTool.Learning.Models.Transformers;

/// <summary>The shape of a <see cref="TransformerNetwork"/>.</summary>
public sealed record TransformerArchitecture
{
    private const int Most = 1 << 20;

    /// <summary>Makes a shape; each number is from 1 to 1,048,576.</summary>
    /// <param name="vocabulary">Terms.</param>
    /// <param name="maxLength">Positions of the longest sequence.</param>
    /// <param name="width">Columns of a position, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Heads of attention.</param>
    /// <param name="inner">Width of the feed-forward layer.</param>
    /// <param name="layers">Blocks of attention and feed-forward layer.</param>
    /// <param name="outputs">Numbers a sequence is mapped to.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ArgumentException">The heads do not divide the width.</exception>
    public TransformerArchitecture(int vocabulary, int maxLength, int width = 128, int heads = 4, int inner = 512, int layers = 2, int outputs = 1)
    {
        Vocabulary = Checked(vocabulary, nameof(vocabulary));
        MaxLength = Checked(maxLength, nameof(maxLength));
        Width = Checked(width, nameof(width));
        Heads = Checked(heads, nameof(heads));
        Inner = Checked(inner, nameof(inner));
        Layers = Checked(layers, nameof(layers));
        Outputs = Checked(outputs, nameof(outputs));
        if (width % heads != 0)
        {
            throw new ArgumentException($"The width is {width} and there are {heads} heads; make the width a multiple of the heads.", nameof(heads));
        }
    }

    /// <summary>Terms.</summary>
    public int Vocabulary { get; }

    /// <summary>Positions of the longest sequence.</summary>
    public int MaxLength { get; }

    /// <summary>Columns of a position.</summary>
    public int Width { get; }

    /// <summary>Heads of attention.</summary>
    public int Heads { get; }

    /// <summary>Width of the feed-forward layer.</summary>
    public int Inner { get; }

    /// <summary>Blocks.</summary>
    public int Layers { get; }

    /// <summary>Numbers a sequence is mapped to.</summary>
    public int Outputs { get; }

    private static int Checked(int number, string name) => number is >= 1 and <= Most ? number
        : throw new ArgumentOutOfRangeException(name, number, $"The number '{name}' is {number}; it must be from 1 to {Most}.");
}
