namespace StepTool.Learning.Objectives;

/// <summary>How far the policy may leave its frozen start.</summary>
public sealed record KlOptions
{
    /// <summary>The weight of KL(policy || reference) in the loss, 0 to 100. Default 0.02.</summary>
    public double Coefficient { get; init; } = 0.02;

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        OptionRange.Require("Kl.Coefficient", Coefficient, 0, 100, "Use 0 to let the policy leave its start freely.");
    }
}
