namespace StepTool.Learning.Objectives;

/// <summary>How rewards become credit for steps. The clock ticks once a turn.</summary>
public sealed record CreditOptions
{
    /// <summary>How a step's advantage follows from the rewards. Default: generalised advantage estimation.</summary>
    public CreditEstimator Estimator { get; init; } = CreditEstimator.GeneralisedAdvantage;

    /// <summary>The discount a turn, 0 to 1. Default 0.99.</summary>
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
