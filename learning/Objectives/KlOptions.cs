namespace StepTool.Learning.Objectives;

/// <summary>How far the policy may leave its frozen start.</summary>
public sealed record KlOptions
{
    /// <summary>The weight of KL(policy || reference) in the loss, 0 to 100; with a target, where it starts. Default 0.02.</summary>
    public double Coefficient { get; init; } = 0.02;

    /// <summary>The KL in nats a decision that an adaptive coefficient aims at, above 0 to 1000; null keeps the coefficient. Default null.</summary>
    public double? Target { get; init; }

    /// <summary>Over how many decisions an adaptive coefficient changes by its largest step, 1 to 1e9. Default 10000.</summary>
    public double Horizon { get; init; } = 10_000;

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        OptionRange.Require("Kl.Coefficient", Coefficient, 0, 100, "Use 0 to let the policy leave its start freely.");
        OptionRange.Require("Kl.Target", Target ?? 1, 1e-6, 1000, "Leave it out to keep the coefficient fixed.");
        OptionRange.Require("Kl.Horizon", Horizon, 1, 1e9, "Use about the number of decisions of ten updates.");
    }
}
