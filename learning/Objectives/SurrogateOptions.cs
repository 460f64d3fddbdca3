namespace StepTool.Learning.Objectives;

/// <summary>The terms of the clipped policy gradient's loss.</summary>
public sealed record SurrogateOptions
{
    /// <summary>How far the importance ratio may leave 1, 0.001 to 10. Default 0.2.</summary>
    public double Clip { get; init; } = 0.2;

    /// <summary>How far the critic's value may leave its earlier one, 0.001 to 1e6. Default 0.2.</summary>
    public double ValueClip { get; init; } = 0.2;

    /// <summary>The weight of the critic's loss, 0 to 100. Default 0.5.</summary>
    public double ValueCoefficient { get; init; } = 0.5;

    /// <summary>The weight of the entropy, 0 to 10. Default 0.01.</summary>
    public double EntropyCoefficient { get; init; } = 0.01;

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        OptionRange.Require("Surrogate.Clip", Clip, 0.001, 10, "0.1 to 0.3 are usual.");
        OptionRange.Require("Surrogate.ValueClip", ValueClip, 0.001, 1e6, "Use 1e6 for no clip.");
        OptionRange.Require("Surrogate.ValueCoefficient", ValueCoefficient, 0, 100, "0.1 to 1 are usual.");
        OptionRange.Require("Surrogate.EntropyCoefficient", EntropyCoefficient, 0, 10, "Use 0 for no bonus.");
    }
}
