using Microsoft.Extensions.Options;
using StepTool.Learning.Backends;

namespace StepTool.Grains.Training;

/// <summary>Checks <see cref="TrainingOptions"/> at start. Each message names key, value, rule and remedy.</summary>
public sealed class TrainingOptionsValidator : IValidateOptions<TrainingOptions>
{
    private const string Key = $"{TrainingOptions.Section}:{nameof(TrainingOptions.Backend)}";

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Backend switch
        {
            TrainingOptions.Auto => ValidateOptionsResult.Success,
            LearnerBackends.Managed or LearnerBackends.TorchCpu or LearnerBackends.TorchCuda => LearnerBackends.Obstacle(options.Backend) is { } obstacle
                ? ValidateOptionsResult.Fail($"{Key} is {options.Backend}; it must be a backend that this silo can use, but {obstacle}")
                : ValidateOptionsResult.Success,
            _ => ValidateOptionsResult.Fail($"{Key} is {options.Backend}; it must be auto, managed, torch-cpu or torch-cuda. Use auto."),
        };
    }
}
