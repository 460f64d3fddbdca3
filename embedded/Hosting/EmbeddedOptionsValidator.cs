using Microsoft.Extensions.Options;

namespace StepTool.Embedded.Hosting;

/// <summary>Checks <see cref="EmbeddedOptions"/> when the host starts.</summary>
internal sealed class EmbeddedOptionsValidator : IValidateOptions<EmbeddedOptions>
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Most = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, EmbeddedOptions options)
    {
        var defaults = new EmbeddedOptions();
        var failures = new List<string>();
        if (string.IsNullOrWhiteSpace(options.SiloName))
        {
            failures.Add($"EmbeddedOptions.SiloName is '{options.SiloName}'; it must not be blank. Set it, or leave it out for '{defaults.SiloName}'.");
        }

        Check(nameof(options.ResponseTimeout), options.ResponseTimeout, defaults.ResponseTimeout);
        Check(nameof(options.CollectionQuantum), options.CollectionQuantum, defaults.CollectionQuantum);
        Check(nameof(options.ActivationTimeout), options.ActivationTimeout, defaults.ActivationTimeout);
        Check(nameof(options.DeactivationTimeout), options.DeactivationTimeout, defaults.DeactivationTimeout);
        if (options.CollectionAge <= options.CollectionQuantum)
        {
            failures.Add(
                $"EmbeddedOptions.CollectionAge is {options.CollectionAge}; it must be longer than CollectionQuantum, which is {options.CollectionQuantum}. "
                + $"Raise it, or leave both out for {defaults.CollectionAge} and {defaults.CollectionQuantum}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(string key, TimeSpan value, TimeSpan standard)
        {
            if (value < Least || value > Most)
            {
                failures.Add($"EmbeddedOptions.{key} is {value}; it must be from {Least} to {Most}. Set it so, or leave it out for {standard}.");
            }
        }
    }
}
