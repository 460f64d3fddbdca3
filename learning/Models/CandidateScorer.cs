using StepTool.Learning.Backends;

namespace StepTool.Learning.Models;

/// <summary>Scores single decisions with one version of the weights. Any number of threads may use it; nothing is allocated in the steady state.</summary>
/// <param name="weights">The weights.</param>
/// <param name="backend">What computes; a decision is too small to be shared between threads, so it stays on the caller's.</param>
public sealed class CandidateScorer(NetworkWeights weights, IComputeBackend backend)
{
    [ThreadStatic]
    private static Activations? _activations;

    [ThreadStatic]
    private static CandidateArchitecture? _architecture;

    private readonly CandidateNetwork _network = new(backend);

    /// <summary>The weights.</summary>
    public NetworkWeights Weights { get; } = weights;

    /// <summary>Scores one decision.</summary>
    /// <param name="situation">The situation's features [features].</param>
    /// <param name="candidates">The candidates' features [candidates, features].</param>
    /// <param name="logProbabilities">Receives the log-probability of each candidate [candidates].</param>
    /// <returns>The estimated return.</returns>
    /// <exception cref="ArgumentException">The features do not fit the network, or the result has another length than there are candidates.</exception>
    public float Score(ReadOnlySpan<float> situation, ReadOnlySpan<float> candidates, Span<float> logProbabilities)
    {
        if (_activations is null || _architecture != Weights.Architecture)
        {
            _activations = new Activations(Weights.Architecture);
            _architecture = Weights.Architecture;
        }

        _network.Forward(Weights, situation, candidates, _activations);
        if (logProbabilities.Length != _activations.Candidates)
        {
            throw new ArgumentException(
                $"Log-probabilities are [{logProbabilities.Length}], the decision has [{_activations.Candidates}] candidates.", nameof(logProbabilities));
        }

        _activations.LogProbabilities.CopyTo(logProbabilities);
        return _activations.Values[0];
    }
}
