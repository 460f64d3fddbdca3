namespace StepTool.Learning.Models.Transformers;

/// <summary>What one forward pass computed and what the backward pass needs besides; the memory grows and is then reused. For one caller at a time.</summary>
public sealed class TransformerActivations
{
    private readonly TransformerArchitecture _architecture;
    private readonly BlockActivations[] _blocks;
    private float[] _stream = [];
    private float[] _normalised = [];
    private float[] _deviations = [];
    private float[] _final = [];
    private float[] _pooled = [];
    private float[] _outputs = [];
    private float[] _wide = [];
    private float[] _pooledGradient = [];
    private int _positions;
    private int _sequences;

    /// <summary>Makes empty activations.</summary>
    /// <param name="architecture">The network's shape.</param>
    public TransformerActivations(TransformerArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        _architecture = architecture;
        _blocks = [.. Enumerable.Range(0, architecture.Layers).Select(_ => new BlockActivations())];
    }

    /// <summary>The outputs of each sequence of the last pass [sequences, outputs].</summary>
    public ReadOnlySpan<float> Outputs => _outputs.AsSpan(0, _sequences * _architecture.Outputs);

    internal BlockActivations[] Blocks => _blocks;

    /// <summary>What flows past the blocks; going backward its gradient.</summary>
    internal Span<float> Stream => _stream.AsSpan(0, _positions * _architecture.Width);

    internal Span<float> Normalised => _normalised.AsSpan(0, _positions * _architecture.Width);

    internal Span<float> Deviations => _deviations.AsSpan(0, _positions);

    /// <summary>The last norm's result; in the backward pass room for the gradient of a norm's result or of what was attended to.</summary>
    internal Span<float> Final => _final.AsSpan(0, _positions * _architecture.Width);

    internal Span<float> Pooled => _pooled.AsSpan(0, _sequences * _architecture.Width);

    internal Span<float> PooledGradient => _pooledGradient.AsSpan(0, _sequences * _architecture.Width);

    internal Span<float> OutputBuffer => _outputs.AsSpan(0, _sequences * _architecture.Outputs);

    /// <summary>Room for a gradient of some columns a position.</summary>
    internal Span<float> Wide(int columns) => _wide.AsSpan(0, _positions * columns);

    /// <summary>Makes room; nothing is kept.</summary>
    internal void Resize(TermSequences batch)
    {
        (_positions, _sequences) = (batch.Positions, batch.Count);
        var (rows, width, inner) = (_positions, _architecture.Width, _architecture.Inner);
        Grow(ref _stream, rows * width);
        Grow(ref _normalised, rows * width);
        Grow(ref _deviations, rows);
        Grow(ref _final, rows * width);
        Grow(ref _wide, rows * Math.Max(inner, 3 * width));
        Grow(ref _pooled, _sequences * width);
        Grow(ref _pooledGradient, _sequences * width);
        Grow(ref _outputs, _sequences * _architecture.Outputs);
        foreach (var block in _blocks)
        {
            block.Resize(rows, width, inner, _architecture.Heads * batch.Longest);
        }
    }

    internal static void Grow(ref float[] memory, int length)
    {
        if (memory.Length < length)
        {
            memory = new float[Math.Max(length, memory.Length * 2)];
        }
    }
}

/// <summary>What one block keeps for the backward pass.</summary>
internal sealed class BlockActivations
{
    private readonly float[][] _memory = [.. Enumerable.Repeat<float[]>([], 10)];
    private (int Rows, int Width, int Inner, int Chances) _shape;

    /// <summary>The rows before attention, normalised [positions, width].</summary>
    public Span<float> AttentionNormalised => Part(0, _shape.Width);

    /// <summary>What they were multiplied by [positions].</summary>
    public Span<float> AttentionDeviations => Part(1, 1);

    /// <summary>The same after gain and bias [positions, width].</summary>
    public Span<float> AttentionInput => Part(2, _shape.Width);

    /// <summary>Queries, keys and values [positions, 3 width].</summary>
    public Span<float> Projected => Part(3, 3 * _shape.Width);

    /// <summary>Attention [positions, heads, longest].</summary>
    public Span<float> Probabilities => Part(4, _shape.Chances);

    /// <summary>What was attended to [positions, width].</summary>
    public Span<float> Attended => Part(5, _shape.Width);

    /// <summary>The rows before the feed-forward layer, normalised [positions, width].</summary>
    public Span<float> FeedNormalised => Part(6, _shape.Width);

    /// <summary>What they were multiplied by [positions].</summary>
    public Span<float> FeedDeviations => Part(7, 1);

    /// <summary>The same after gain and bias [positions, width].</summary>
    public Span<float> FeedInput => Part(8, _shape.Width);

    /// <summary>The feed-forward layer before its activation, and after [2, positions, inner].</summary>
    public Span<float> Inner => Part(9, 2 * _shape.Inner);

    public Span<float> InnerBefore => Inner[..(_shape.Rows * _shape.Inner)];

    public Span<float> InnerAfter => Inner[(_shape.Rows * _shape.Inner)..];

    public void Resize(int rows, int width, int inner, int chances)
    {
        _shape = (rows, width, inner, chances);
        ReadOnlySpan<int> columns = [width, 1, width, 3 * width, chances, width, width, 1, width, 2 * inner];
        for (var index = 0; index < columns.Length; index++)
        {
            TransformerActivations.Grow(ref _memory[index], rows * columns[index]);
        }
    }

    private Span<float> Part(int index, int columns) => _memory[index].AsSpan(0, _shape.Rows * columns);
}
