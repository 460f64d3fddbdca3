using Microsoft.Extensions.Options;
using StepTool.Grains.Runs;

namespace StepTool.Grains.Hosting;

/// <summary>Checks <see cref="GrainsOptions"/> at start. Each message names key, value, rule and remedy.</summary>
public sealed class GrainsOptionsValidator : IValidateOptions<GrainsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GrainsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> failures =
        [
            .. Check(nameof(options.MaxEpisodes), options.MaxEpisodes, 1, 10_000, "Use about 24 a core."),
            .. Check(nameof(options.MaxWaiting), options.MaxWaiting, 0, 100_000, "Use about four times MaxEpisodes."),
            .. Check(nameof(options.QueueShards), options.QueueShards, 1, 1024, "Use 8, and the same on every silo of a cluster."),
            .. Check(nameof(options.MaxQueued), options.MaxQueued, TaskBatchRules.MaxTasks, 10_000_000, "Use 200000; a batch must fit into an empty queue."),
            .. Check(nameof(options.MaxRuns), options.MaxRuns, 1, 10_000, "Use 256, and the same on every silo of a cluster."),
            .. Check(nameof(options.Lease), options.Lease, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "Use 00:01:00."),
            .. Check(nameof(options.CallTimeout), options.CallTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(25), "Use 00:00:20: it must end before the 30 seconds of a grain call."),
            .. Check(nameof(options.LearnerThreads), options.LearnerThreads, 0, 256, "Use 0 for one a core."),
        ];
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Check<T>(string key, T value, T least, T most, string remedy)
        where T : IComparable<T> => OptionRange.Check($"{GrainsOptions.Section}:{key}", value, least, most, remedy);
}
