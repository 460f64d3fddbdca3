using System.Collections.Immutable;

namespace StepTool.Learning.Learner;

/// <summary>Why an update ended.</summary>
public enum UpdateEnd
{
    /// <summary>All epochs were done.</summary>
    Completed,

    /// <summary>The policy had moved further from the behaviour policy than the limit allows.</summary>
    KlLimit,
}

/// <summary>What one update did. Means are over the decisions of its last epoch, as seen before each of its steps.</summary>
public sealed record UpdateMetrics
{
    /// <summary>The clipped policy loss.</summary>
    public required double PolicyLoss { get; init; }

    /// <summary>The clipped loss of the critic.</summary>
    public required double ValueLoss { get; init; }

    /// <summary>KL(policy || reference), exact, in nats a decision.</summary>
    public required double KlToReference { get; init; }

    /// <summary>The KL to the policy that made the choices, estimated from them, in nats a decision; of a preference loss the exact one to the policy before the update.</summary>
    public required double KlToBehaviour { get; init; }

    /// <summary>The entropy in nats a decision.</summary>
    public required double Entropy { get; init; }

    /// <summary>The share of decisions whose ratio was clipped, 0 to 1.</summary>
    public required double ClipFraction { get; init; }

    /// <summary>The share of the returns' variance that the critic explained before the update, at most 1; 0 when all returns are equal.</summary>
    public required double ExplainedVariance { get; init; }

    /// <summary>The largest gradient norm before clipping, of the policy and of critics.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>The weight of the KL term during the update.</summary>
    public required double KlCoefficient { get; init; }

    /// <summary>Gradient rows: forward and backward passes of one decision each, through the policy or a critic.</summary>
    public required int Rows { get; init; }

    /// <summary>Optimiser steps, of the policy and of critics.</summary>
    public required int MiniBatches { get; init; }

    /// <summary>The policy's epochs, the last of which may have been cut short.</summary>
    public required int Epochs { get; init; }

    /// <summary>Why the update ended.</summary>
    public required UpdateEnd End { get; init; }

    /// <summary>What only this method measures, by name, such as ETO's <c>pairs</c>; empty for most.</summary>
    public ImmutableSortedDictionary<string, double> Extras { get; init; } = ImmutableSortedDictionary<string, double>.Empty;
}
