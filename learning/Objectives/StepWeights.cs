namespace StepTool.Learning.Objectives;

/// <summary>What an algorithm makes of episodes: for each decision of a batch, how much its choice is pushed and what the critic should say.</summary>
public sealed class StepWeights
{
    private float[] _advantages = [];
    private float[] _returns = [];
    private int[] _rows = [];
    private int _decisions;

    /// <summary>The decisions that belong to an episode, in the episodes' order.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, RowCount);

    /// <summary>The number of decisions that belong to an episode.</summary>
    public int RowCount { get; private set; }

    /// <summary>The advantages [decisions of the batch]; 0 outside <see cref="Rows"/>.</summary>
    public Memory<float> Advantages => _advantages.AsMemory(0, _decisions);

    /// <summary>The returns [decisions of the batch]; 0 outside <see cref="Rows"/>.</summary>
    public Memory<float> Returns => _returns.AsMemory(0, _decisions);

    /// <summary>Makes room for a batch and forgets what was there.</summary>
    /// <param name="decisions">Decisions of the batch.</param>
    public void Reset(int decisions)
    {
        if (_advantages.Length < decisions)
        {
            _advantages = new float[decisions];
            _returns = new float[decisions];
            _rows = new int[decisions];
        }

        _decisions = decisions;
        RowCount = 0;
        Advantages.Span.Clear();
        Returns.Span.Clear();
    }

    /// <summary>Notes that a decision belongs to an episode.</summary>
    /// <param name="decision">The decision.</param>
    internal void AddRow(int decision) => _rows[RowCount++] = decision;
}
