using StepTool.Core.Features;

namespace StepTool.Learning.Policies;

/// <summary>Room for the features of one decision, kept for each thread.</summary>
internal readonly ref struct FeatureBuffers
{
    [ThreadStatic]
    private static float[]? _candidates;

    [ThreadStatic]
    private static float[]? _situation;

    private FeatureBuffers(Span<float> candidates, Span<float> situation)
    {
        Candidates = candidates;
        Situation = situation;
    }

    /// <summary>Candidate features [candidates, features].</summary>
    internal Span<float> Candidates { get; }

    /// <summary>Situation features [features].</summary>
    internal Span<float> Situation { get; }

    /// <summary>This thread's buffers; whatever they held is gone.</summary>
    internal static FeatureBuffers ForThisThread(int candidates)
    {
        var length = candidates * FeatureExtractor.CandidateSize;
        if (_candidates is null || _candidates.Length < length)
        {
            _candidates = new float[length];
        }

        _situation ??= new float[FeatureExtractor.SituationSize];
        return new FeatureBuffers(_candidates.AsSpan(0, length), _situation);
    }
}
