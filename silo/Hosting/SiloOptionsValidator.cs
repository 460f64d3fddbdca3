using System.Net;
using Microsoft.Extensions.Options;
using StepTool.Silo.Engines;
using StepTool.Silo.Storage;

namespace StepTool.Silo.Hosting;

/// <summary>Checks a silo's options at start. Each message names key, value, rule and remedy.</summary>
public sealed class SiloOptionsValidator : IValidateOptions<SiloOptions>
{
    /// <summary>Fewest characters of a key.</summary>
    public const int ShortestApiKey = 16;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SiloOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = Failures(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Whether only this machine can reach the URL.</summary>
    internal static bool IsLoopback(Uri url) => url.IsLoopback || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static IEnumerable<string> Failures(SiloOptions options)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.AbsolutePath != "/")
        {
            yield return $"StepTool:Url is '{options.Url}'; it must be an http URL without a path. Give one such as --url http://127.0.0.1:5080, and put a proxy before it for https.";
        }
        else if (!IsLoopback(url) && options.ApiKey.Length == 0)
        {
            yield return $"StepTool:ApiKey is empty while StepTool:Url is '{options.Url}'; beyond loopback a key is required. Set StepTool__ApiKey in the environment, or listen on http://127.0.0.1:{url.Port}.";
        }

        if (options.ApiKey.Length is > 0 and < ShortestApiKey)
        {
            yield return $"StepTool:ApiKey has {options.ApiKey.Length} characters; it must have at least {ShortestApiKey}. Make one with 'openssl rand -hex 16'.";
        }

        if (string.IsNullOrWhiteSpace(options.DataDirectory) || options.DataDirectory.AsSpan().ContainsAny(Path.GetInvalidPathChars()))
        {
            yield return $"StepTool:DataDirectory is '{options.DataDirectory}'; it must name a folder. Give one such as --data-dir .steptool.";
        }
        else if (File.Exists(options.DataDirectory))
        {
            yield return $"StepTool:DataDirectory is '{options.DataDirectory}', which is a file; it must name a folder. Give another with --data-dir.";
        }

        if (!Enum.IsDefined(options.Storage))
        {
            yield return $"StepTool:Storage is '{options.Storage}'; it must be sqlite, memory or azure. Give --storage sqlite.";
        }

        foreach (var failure in AzureStorageOptionsValidator.Failures($"{SiloOptions.Section}:{nameof(SiloOptions.Azure)}", options.Azure, options.Storage is StorageKind.Azure))
        {
            yield return failure;
        }

        if (options.ClusterId.Length is < 1 or > 63 || !options.ClusterId.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
        {
            yield return $"StepTool:ClusterId is '{options.ClusterId}'; it must be 1 to 63 letters, digits, '-' or '_'. Leave it out for 'steptool'.";
        }

        foreach (var (key, value) in options.Labels)
        {
            if (!IsLabel(key) || !IsLabel(value))
            {
                yield return $"StepTool:Labels:{key} is '{value}'; key and value must each be 1 to 63 letters, digits, '-', '_' or '.'. Give one such as --label gpu=true.";
            }
        }

        foreach (var refusal in Engine.Refusals(options))
        {
            yield return refusal;
        }
    }

    private static bool IsLabel(string? text) =>
        text is { Length: >= 1 and <= 63 } && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');
}
