using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Learning.Models;

namespace StepTool.Learning.Learner;

/// <summary>Everything that the next update depends on. It never changes: an update makes a new one.</summary>
public sealed class LearnerState
{
    private readonly float[] _firstMoment;
    private readonly float[] _secondMoment;
    private readonly ulong[] _random;

    /// <summary>Takes a state from elsewhere, e.g. from a checkpoint; arrays are copied.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="reference">The frozen weights that KL is measured against.</param>
    /// <param name="firstMoment">The optimiser's running mean of gradients [trained weights].</param>
    /// <param name="secondMoment">The optimiser's running mean of squared gradients [trained weights].</param>
    /// <param name="step">Optimiser steps made so far, at least 0.</param>
    /// <param name="klCoefficient">The weight of the KL term, at least 0.</param>
    /// <param name="random">The state of the generator that shuffles [4].</param>
    /// <exception cref="ArgumentException">A length does not fit the weights, or a number is out of range.</exception>
    public LearnerState(
        NetworkWeights weights,
        NetworkWeights reference,
        ReadOnlySpan<float> firstMoment,
        ReadOnlySpan<float> secondMoment,
        long step,
        double klCoefficient,
        ReadOnlySpan<ulong> random)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        var length = weights.Layout.TrainedLength;
        if (firstMoment.Length != length || secondMoment.Length != length || reference.Architecture != weights.Architecture)
        {
            throw new ArgumentException(
                $"Moments are [{firstMoment.Length}] and [{secondMoment.Length}] and the reference has [{reference.Layout.TrainedLength}] trained weights; all need [{length}].");
        }

        if (!(klCoefficient >= 0) || double.IsInfinity(klCoefficient))
        {
            throw new ArgumentOutOfRangeException(nameof(klCoefficient), klCoefficient, "The KL coefficient must be finite and at least 0.");
        }

        Weights = weights;
        Reference = reference;
        Step = step;
        KlCoefficient = klCoefficient;
        _firstMoment = firstMoment.ToArray();
        _secondMoment = secondMoment.ToArray();
        _random = new SeededRandom(random).State;
    }

    /// <summary>The weights.</summary>
    public NetworkWeights Weights { get; }

    /// <summary>The frozen weights that KL is measured against: the run's own start.</summary>
    public NetworkWeights Reference { get; }

    /// <summary>Optimiser steps made so far.</summary>
    public long Step { get; }

    /// <summary>The weight of the KL term in the next update.</summary>
    public double KlCoefficient { get; }

    /// <summary>The optimiser's running mean of gradients [trained weights].</summary>
    public ReadOnlySpan<float> FirstMoment => _firstMoment;

    /// <summary>The optimiser's running mean of squared gradients [trained weights].</summary>
    public ReadOnlySpan<float> SecondMoment => _secondMoment;

    /// <summary>The state of the generator that shuffles [4].</summary>
    public ReadOnlySpan<ulong> Random => _random;

    /// <summary>
    /// States of critics of their own, for methods that have some: networks of the same shape whose candidate scores and values are estimates, and whose
    /// references are their slowly moving targets. Empty for other methods.
    /// </summary>
    public ImmutableArray<LearnerState> Critics { get; private init; } = [];

    /// <summary>The same state with critics.</summary>
    /// <param name="critics">The critics.</param>
    public LearnerState WithCritics(ImmutableArray<LearnerState> critics) =>
        new(Weights, Reference, FirstMoment, SecondMoment, Step, KlCoefficient, Random) { Critics = critics };

    /// <summary>The same state with another reference.</summary>
    /// <param name="reference">The reference.</param>
    /// <exception cref="ArgumentException">The reference is of another shape.</exception>
    internal LearnerState WithReference(NetworkWeights reference) =>
        new(Weights, reference, FirstMoment, SecondMoment, Step, KlCoefficient, Random) { Critics = Critics };

    /// <summary>The state before the first update.</summary>
    /// <param name="weights">The weights, which are the frozen reference too.</param>
    /// <param name="klCoefficient">The weight of the KL term.</param>
    /// <param name="seed">The seed of the order of decisions.</param>
    public static LearnerState Start(NetworkWeights weights, double klCoefficient, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var zeros = new float[weights.Layout.TrainedLength];
        return new LearnerState(weights, weights, zeros, zeros, 0, klCoefficient, new SeededRandom(seed).State);
    }
}
