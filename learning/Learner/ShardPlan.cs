using StepTool.Learning.Batches;

namespace StepTool.Learning.Learner;

/// <summary>Cuts decisions into shards of about equally many candidates. The cut depends on the decisions alone, never on the number of threads.</summary>
internal sealed class ShardPlan
{
    private int[] _starts = new int[1];

    /// <summary>The number of shards.</summary>
    public int Count { get; private set; }

    /// <summary>The first of a shard's decisions, as an index into the decisions that were cut.</summary>
    public int Start(int shard) => _starts[shard];

    /// <summary>One past the last of a shard's decisions.</summary>
    public int End(int shard) => _starts[shard + 1];

    /// <summary>Cuts decisions so that a shard holds at most <paramref name="rowsPerShard"/> candidates, or a single decision.</summary>
    public void Cut(DecisionBatch batch, ReadOnlySpan<int> decisions, int rowsPerShard)
    {
        if (_starts.Length < decisions.Length + 1)
        {
            _starts = new int[decisions.Length + 1];
        }

        var offsets = batch.Offsets;
        Count = 0;
        var rows = 0;
        for (var index = 0; index < decisions.Length; index++)
        {
            var own = offsets[decisions[index] + 1] - offsets[decisions[index]];
            if (index == 0 || rows + own > rowsPerShard)
            {
                _starts[Count++] = index;
                rows = 0;
            }

            rows += own;
        }

        _starts[Count] = decisions.Length;
    }
}
