using Microsoft.Extensions.Options;
using StepTool.Core.Tools;

namespace StepTool.Grains.Hosting;

/// <summary>Checks <see cref="ToolsOptions"/> at start. Each message names key, value, rule and remedy.</summary>
public sealed class ToolsOptionsValidator : IValidateOptions<ToolsOptions>
{
    private const double MostPerSecond = 1_000_000;
    private const int MostBurst = 1_000_000;
    private const int MostConcurrent = 10_000;
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(3650);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ToolsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> failures =
        [
            .. Check(nameof(options.Timeout), options.Timeout, TimeSpan.FromMilliseconds(10), LongestCall, "Use 00:00:10."),
            .. Check(nameof(options.Retries), options.Retries, 0, 10, "Use 2."),
            .. Check(nameof(options.RetryDelay), options.RetryDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10), "Use 00:00:00.5."),
            .. Check(nameof(options.Api), options.Api),
            .. Check(nameof(options.Host), options.Host),
            .. Check($"{nameof(options.Breaker)}:{nameof(BreakerOptions.FailureRatio)}", options.Breaker.FailureRatio, 0.01, 1, "Use 0.5."),
            .. Check($"{nameof(options.Breaker)}:{nameof(BreakerOptions.MinimumAttempts)}", options.Breaker.MinimumAttempts, 2, 10_000, "Use 6."),
            .. Check($"{nameof(options.Breaker)}:{nameof(BreakerOptions.Break)}", options.Breaker.Break, TimeSpan.FromSeconds(0.5), TimeSpan.FromHours(1), "Use 00:00:15."),
            .. Check(nameof(options.Patience), options.Patience, TimeSpan.Zero, TimeSpan.FromDays(1), "Use 00:02:00."),
            .. Check(nameof(options.SlotHold), options.SlotHold, TimeSpan.Zero, LongestCall, "Use 00:00:00.1."),
            .. Check(nameof(options.TimeToLive), options.TimeToLive, TimeSpan.Zero, LongestLife, "Use 1.00:00:00 for a day, 0 to keep no answers."),
            .. Check(nameof(options.MaxMemoryBytes), options.MaxMemoryBytes, 0, 64L << 30, "Use 67108864."),
            .. options.Apis.SelectMany(api => Check(api.Key, api.Value, options)),
        ];
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Check(string api, ApiOptions own, ToolsOptions options)
    {
        var key = $"{nameof(options.Apis)}:{api}";
        if (!ApiKey.TryParse(api, out var parsed))
        {
            return [$"{ToolsOptions.Section}:{key} names no API; it must be of the form category/tool/api. Take a key that 'steptool tools list' prints."];
        }

        return Check($"{key}:{nameof(own.TimeToLive)}", own.TimeToLive ?? TimeSpan.Zero, TimeSpan.Zero, LongestLife, "Use 1.00:00:00 for a day, 0 to keep no answers.")
            .Concat(Check(key, options.LimitsOf(parsed)));
    }

    private static IEnumerable<string> Check(string key, ToolLimits limits) =>
    [
        .. Check($"{key}:{nameof(limits.RequestsPerSecond)}", limits.RequestsPerSecond, 0, MostPerSecond, "Use 0 for no limit."),
        .. Check($"{key}:{nameof(limits.Burst)}", limits.Burst, 1, MostBurst, "Use 10."),
        .. Check($"{key}:{nameof(limits.MaxConcurrent)}", limits.MaxConcurrent, 0, MostConcurrent, "Use 8, or 0 for no limit."),
    ];

    private static IEnumerable<string> Check<T>(string key, T value, T least, T most, string remedy)
        where T : IComparable<T> => OptionRange.Check($"{ToolsOptions.Section}:{key}", value, least, most, remedy);
}
