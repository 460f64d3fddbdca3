using StepTool.Core.Runs;
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

    /// <summary>Episodes of a policy that are at work or logged and not yet learnt from; rollouts wait beyond it; the same on every silo; 1 to 1,000,000, default 16,384.</summary>
    public int MaxLogged { get; set; } = 16_384;

    /// <summary>Checks that a batch of a stage can come together.</summary>
    /// <exception cref="ArgumentException">It is larger than what may be logged.</exception>
    internal void Check(TrainStage stage)
    {
        if (stage.BatchSize > MaxLogged)
        {
            throw new ArgumentException(
                $"{nameof(stage.BatchSize)} of stage '{stage.Name}' is {stage.BatchSize}; it must be at most {Section}:{nameof(MaxLogged)}, which is {MaxLogged}. Lower it, or raise the option on every silo.");
        }
    }

    /// <summary>The backend that a silo uses.</summary>
    /// <param name="hasGpu">Whether the silo is labelled as one with a GPU.</param>
    internal string Choose(bool hasGpu) => Backend != Auto ? Backend
        : hasGpu && LearnerBackends.Obstacle(LearnerBackends.TorchCuda) is null ? LearnerBackends.TorchCuda
        : LearnerBackends.Managed;
}
