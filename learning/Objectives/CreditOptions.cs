using StepTool.Core.Rewards;

namespace StepTool.Learning.Objectives;

/// <summary>How rewards become credit for steps: by generalised advantage estimation against the critic.</summary>
public sealed record CreditOptions
{
    /// <summary>How rewards are weighted, what the clock counts, and whether the last score is kept. Default: return-to-go over turns, kept.</summary>
    public CreditRule Rule { get; init; } = new();

    /// <summary>The discount a tick of the clock, 0 to 1. Default 0.99.</summary>
    public double Gamma { get; init; } = 0.99;

    /// <summary>The mixture of horizons, 0 (one step) to 1 (the whole episode). Default 0.95.</summary>
    public double Lambda { get; init; } = 0.95;

    /// <summary>Whether advantages are brought to mean 0 and variance 1 over the batch. Default true.</summary>
    public bool Whiten { get; init; } = true;

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        OptionRange.Require("Credit.Gamma", Gamma, 0, 1, "Use 1 for no discount.");
        OptionRange.Require("Credit.Lambda", Lambda, 0, 1, "Use 1 to trust rewards over the critic, 0 for the opposite.");
    }
}
