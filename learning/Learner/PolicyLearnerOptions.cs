using StepTool.Learning.Objectives;
using StepTool.Learning.Optimisers;

namespace StepTool.Learning.Learner;

/// <summary>The settings of a <see cref="PolicyLearner"/>.</summary>
public sealed record PolicyLearnerOptions
{
    /// <summary>How often an update goes through its batch, 1 to 100. Default 4.</summary>
    public int Epochs { get; init; } = 4;

    /// <summary>Decisions in a mini-batch, 1 to 1,000,000. Default 256.</summary>
    public int MiniBatchRows { get; init; } = 256;

    /// <summary>The KL to the behaviour policy, in nats a decision, beyond which no further epoch starts, 1e-6 to 1000; null for no limit. Default 0.05.</summary>
    public double? KlLimit { get; init; } = 0.05;

    /// <summary>The KL of one mini-batch, in nats a decision, beyond which the update is dropped, 1e-6 to 1000; null for no limit. Default 5. See <see cref="IDecisionLoss.Distance"/>.</summary>
    public double? RunawayKl { get; init; } = 5;

    /// <summary>How rewards become credit.</summary>
    public CreditOptions Credit { get; init; } = new();

    /// <summary>The terms of the loss.</summary>
    public SurrogateOptions Surrogate { get; init; } = new();

    /// <summary>How far the policy may leave its frozen start.</summary>
    public KlOptions Kl { get; init; } = new();

    /// <summary>The optimiser's settings.</summary>
    public AdamWOptions Optimiser { get; init; } = new();

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        OptionRange.Require("Epochs", Epochs, 1, 100, "2 to 8 are usual.");
        OptionRange.Require("MiniBatchRows", MiniBatchRows, 1, 1_000_000, "An eighth of a batch is usual.");
        OptionRange.Require("KlLimit", KlLimit ?? 1, 1e-6, 1000, "Leave it out for no limit.");
        OptionRange.Require("RunawayKl", RunawayKl ?? 1, 1e-6, 1000, "Leave it out for no limit.");
        Credit.Validate();
        Surrogate.Validate();
        Kl.Validate();
        Optimiser.Validate();
    }
}
