using Microsoft.Extensions.Options;
using StepTool.Grains.Hosting;
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
        string[] failures = [.. Backend(options), .. OptionRange.Check($"{TrainingOptions.Section}:{nameof(options.MaxLogged)}", options.MaxLogged, 1, 1_000_000, "Use 16384, and the same on every silo of a cluster.")];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Backend(TrainingOptions options) => options.Backend switch
    {
        TrainingOptions.Auto => [],
        LearnerBackends.Managed or LearnerBackends.TorchCpu or LearnerBackends.TorchCuda => LearnerBackends.Obstacle(options.Backend) is { } obstacle
            ? [$"{Key} is {options.Backend}; it must be a backend that this silo can use, but {obstacle}"]
            : [],
        _ => [$"{Key} is {options.Backend}; it must be auto, managed, torch-cpu or torch-cuda. Use auto."],
    };
}
