namespace StepTool.Learning.Batches;

/// <summary>Fills one <see cref="DecisionBatch"/> decision by decision; once its memory has grown, refilling allocates nothing.</summary>
public sealed class DecisionBatchBuilder
{
    /// <summary>Makes an empty builder.</summary>
    /// <param name="candidateFeatureCount">The number of features of a candidate, at least 1.</param>
    /// <param name="situationFeatureCount">The number of features of a situation, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 1.</exception>
    public DecisionBatchBuilder(int candidateFeatureCount, int situationFeatureCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(candidateFeatureCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(situationFeatureCount, 1);
        Batch = new DecisionBatch(candidateFeatureCount, situationFeatureCount);
    }

    /// <summary>What has been added so far. The object stays the same; <see cref="Clear"/> empties it.</summary>
    public DecisionBatch Batch { get; }

    /// <summary>Empties the batch and keeps its memory.</summary>
    public void Clear() => Batch.Clear();

    /// <summary>Counts turns that are no decision of the batch: they were paid for all the same.</summary>
    /// <param name="turns">How many, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="turns"/> is below 0.</exception>
    public void LeaveOut(int turns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(turns);
        Batch.LeftOut += turns;
    }

    /// <summary>Adds one decision.</summary>
    /// <param name="situation">The situation's features [features].</param>
    /// <param name="candidates">The candidates' features, one candidate after the other [candidates, features].</param>
    /// <param name="chosen">The chosen candidate, from 0.</param>
    /// <returns>The index of the added decision.</returns>
    /// <exception cref="ArgumentException">A length does not fit the batch's feature counts, or there is no candidate.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="chosen"/> is not one of the candidates.</exception>
    public int Add(ReadOnlySpan<float> situation, ReadOnlySpan<float> candidates, int chosen)
    {
        var width = Batch.CandidateFeatureCount;
        if (situation.Length != Batch.SituationFeatureCount)
        {
            throw new ArgumentException($"A situation has [{situation.Length}] features, the batch expects [{Batch.SituationFeatureCount}].", nameof(situation));
        }

        if (candidates.IsEmpty || candidates.Length % width != 0)
        {
            throw new ArgumentException($"Candidates hold [{candidates.Length}] numbers, expected a positive multiple of [{width}], one row a candidate.", nameof(candidates));
        }

        var count = candidates.Length / width;
        if ((uint)chosen >= (uint)count)
        {
            throw new ArgumentOutOfRangeException(nameof(chosen), chosen, $"Candidate {chosen} was chosen, but the decision has candidates 0 to {count - 1}.");
        }

        Batch.Append(situation, candidates, count, chosen);
        return Batch.Decisions - 1;
    }
}
