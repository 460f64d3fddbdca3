namespace StepTool.Learning.Batches;

/// <summary>A ragged batch of decisions: each has a situation, some candidates and the candidate that was chosen.</summary>
/// <remarks>Filled by a <see cref="DecisionBatchBuilder"/>, which reuses the same memory after <see cref="DecisionBatchBuilder.Clear"/>.</remarks>
public sealed class DecisionBatch
{
    private int[] _offsets = new int[1];
    private int[] _chosen = [];
    private float[] _candidateFeatures = [];
    private float[] _situationFeatures = [];

    internal DecisionBatch(int candidateFeatureCount, int situationFeatureCount)
    {
        CandidateFeatureCount = candidateFeatureCount;
        SituationFeatureCount = situationFeatureCount;
    }

    /// <summary>The number of decisions.</summary>
    public int Decisions { get; private set; }

    /// <summary>Turns that the decisions were read from: one each, and those that were played and could not be read as a decision.</summary>
    public int Turns => Decisions + LeftOut;

    /// <summary>The number of candidates of all decisions together.</summary>
    public int Candidates { get; private set; }

    /// <summary>The number of features of a candidate.</summary>
    public int CandidateFeatureCount { get; }

    /// <summary>The number of features of a situation.</summary>
    public int SituationFeatureCount { get; }

    /// <summary>Where each decision's candidates start, and at the end their total [decisions + 1].</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Decisions + 1);

    /// <summary>The features of all candidates [candidates, features].</summary>
    public ReadOnlySpan<float> CandidateFeatures => _candidateFeatures.AsSpan(0, Candidates * CandidateFeatureCount);

    /// <summary>The features of all situations [decisions, features].</summary>
    public ReadOnlySpan<float> SituationFeatures => _situationFeatures.AsSpan(0, Decisions * SituationFeatureCount);

    /// <summary>The chosen candidate of each decision, counted from its first candidate [decisions].</summary>
    public ReadOnlySpan<int> Chosen => _chosen.AsSpan(0, Decisions);

    internal int LeftOut { get; set; }

    internal void Clear()
    {
        LeftOut = 0;
        Decisions = 0;
        Candidates = 0;
    }

    internal void Append(ReadOnlySpan<float> situation, ReadOnlySpan<float> candidates, int count, int chosen)
    {
        Grow(ref _offsets, Decisions + 2);
        Grow(ref _chosen, Decisions + 1);
        Grow(ref _situationFeatures, (Decisions + 1) * SituationFeatureCount);
        Grow(ref _candidateFeatures, (Candidates + count) * CandidateFeatureCount);
        situation.CopyTo(_situationFeatures.AsSpan(Decisions * SituationFeatureCount));
        candidates.CopyTo(_candidateFeatures.AsSpan(Candidates * CandidateFeatureCount));
        _chosen[Decisions] = chosen;
        Candidates += count;
        Decisions++;
        _offsets[Decisions] = Candidates;
    }

    private static void Grow<T>(ref T[] values, int needed)
    {
        if (values.Length < needed)
        {
            Array.Resize(ref values, Math.Max(needed, values.Length * 2));
        }
    }
}
