using StepTool.Client.Worlds;

namespace StepTool.Client.Training;

/// <summary>How much training a world gets where nobody says; chosen on dev tasks.</summary>
/// <param name="Iterations">Updates.</param>
/// <param name="BatchSize">Episodes an update.</param>
internal sealed record TrainDefaults(int Iterations, int BatchSize)
{
    /// <summary>The defaults of a world by its short name.</summary>
    public static TrainDefaults Of(string world) => world == WorldChoice.BuiltIn ? new TrainDefaults(60, 512) : new TrainDefaults(40, 256);
}
