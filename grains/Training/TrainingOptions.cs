using StepTool.Learning.Backends;

namespace StepTool.Grains.Training;

/// <summary>How a silo trains.</summary>
public sealed class TrainingOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "StepTool:Training";

    /// <summary>The value of <see cref="Backend"/> that leaves the choice to the silo.</summary>
    public const string Auto = "auto";

    /// <summary>
    /// What the learner computes with: managed, torch-cpu, torch-cuda, or auto, the default: torch-cuda on a silo labelled <c>gpu=true</c> that can use it, managed elsewhere.
    /// </summary>
    public string Backend { get; set; } = Auto;

    /// <summary>The backend that a silo uses.</summary>
    /// <param name="hasGpu">Whether the silo is labelled as one with a GPU.</param>
    internal string Choose(bool hasGpu) => Backend != Auto ? Backend
        : hasGpu && LearnerBackends.Obstacle(LearnerBackends.TorchCuda) is null ? LearnerBackends.TorchCuda
        : LearnerBackends.Managed;
}
