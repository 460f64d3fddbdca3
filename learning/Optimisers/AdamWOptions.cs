namespace StepTool.Learning.Optimisers;

/// <summary>The optimiser's settings.</summary>
public sealed record AdamWOptions
{
    /// <summary>The step size, 1e-8 to 1. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The decay of the first moment, 0 to 0.9999. Default 0.9.</summary>
    public double FirstDecay { get; init; } = 0.9;

    /// <summary>The decay of the second moment, 0 to 0.99999. Default 0.999.</summary>
    public double SecondDecay { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment, 1e-12 to 1. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The share of each matrix's weights that a step of rate 1 would take away, 0 to 1. Default 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The largest norm of the whole gradient, 1e-6 to 1e9; a longer one is shortened to it. Default 1.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        OptionRange.Require("Optimiser.LearningRate", LearningRate, 1e-8, 1, "1e-4 to 3e-3 are usual.");
        OptionRange.Require("Optimiser.FirstDecay", FirstDecay, 0, 0.9999, "0.9 is usual.");
        OptionRange.Require("Optimiser.SecondDecay", SecondDecay, 0, 0.99999, "0.999 is usual.");
        OptionRange.Require("Optimiser.Epsilon", Epsilon, 1e-12, 1, "1e-8 is usual.");
        OptionRange.Require("Optimiser.WeightDecay", WeightDecay, 0, 1, "Use 0 for no decay.");
        OptionRange.Require("Optimiser.MaxGradientNorm", MaxGradientNorm, 1e-6, 1e9, "Use 1e9 for no clipping.");
    }
}
