using StepTool.Learning.Batches;

namespace StepTool.Learning.Objectives;

/// <summary>What an algorithm makes of episodes: for each decision of a batch, how much its choice is pushed and what the critic should say.</summary>
public sealed class StepWeights
{
    private float[] _advantages = [];
    private float[] _returns = [];
    private int[] _rows = [];
    private float[] _whitened = [];
    private bool[] _claimed = [];
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

    /// <summary>Makes room for a batch, and notes which of its decisions belong to an episode.</summary>
    /// <param name="episodes">The episodes; no two share a decision.</param>
    /// <param name="decisions">Decisions of the batch.</param>
    /// <exception cref="ArgumentException">An episode reaches beyond the batch, or two share a decision.</exception>
    internal void Claim(IReadOnlyList<TrainingEpisode> episodes, int decisions)
    {
        Reset(decisions);
        if (_claimed.Length < decisions)
        {
            _claimed = new bool[decisions];
        }

        _claimed.AsSpan().Clear();
        foreach (var episode in episodes)
        {
            if (episode.To > decisions)
            {
                throw new ArgumentException($"An episode has decisions {episode.From} to {episode.To - 1}, the batch has 0 to {decisions - 1}.", nameof(episodes));
            }

            for (var decision = episode.From; decision < episode.To; decision++)
            {
                if (_claimed[decision])
                {
                    throw new ArgumentException($"Decision {decision} belongs to two episodes; each may be used once.", nameof(episodes));
                }

                _claimed[decision] = true;
                _rows[RowCount++] = decision;
            }
        }
    }

    /// <summary>Brings the advantages of all rows to mean 0 and variance 1.</summary>
    internal void Whiten()
    {
        if (_whitened.Length < RowCount)
        {
            _whitened = new float[RowCount];
        }

        var whitened = _whitened.AsSpan(0, RowCount);
        var advantages = Advantages.Span;
        for (var row = 0; row < whitened.Length; row++)
        {
            whitened[row] = advantages[_rows[row]];
        }

        Whitening.Apply(whitened);
        for (var row = 0; row < whitened.Length; row++)
        {
            advantages[_rows[row]] = whitened[row];
        }
    }
}
