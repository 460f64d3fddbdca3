using Microsoft.Extensions.Options;
using StepTool.Silo.Tools.Http;

namespace StepTool.Silo.Tools;

/// <summary>Checks <see cref="LiveOptions"/> at start. Each message names key, value, rule and remedy; a secret's value is never shown.</summary>
public sealed class LiveOptionsValidator : IValidateOptions<LiveOptions>
{
    private const int ShortestSecret = 8;
    private const int LeastBytes = 1 << 10;
    private const int MostBytes = 16 << 20;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LiveOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> failures = [.. Failures(options), .. options.McpServers.SelectMany(server => Failures(server.Key, server.Value, options))];
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(LiveOptions options)
    {
        foreach (var (index, host) in options.AllowedHosts.Index())
        {
            if (!HostPattern.TryParse(host, out _))
            {
                yield return $"{LiveOptions.Section}:AllowedHosts:{index} is '{host}'; it must be a host with or without a port, and no URL. Give one such as api.example.com, api.example.com:8443 or *.example.com.";
            }
        }

        foreach (var (key, secret) in options.Credentials)
        {
            if (secret is not { Length: >= ShortestSecret } || secret.Any(char.IsControl))
            {
                yield return $"{LiveOptions.Section}:Credentials:{key} ({secret?.Length ?? 0} characters, not shown) must have at least {ShortestSecret} characters and no line breaks, so that it can be told apart in answers. Check how it was copied.";
            }
        }

        foreach (var (key, host) in options.CredentialHosts)
        {
            if (!HostPattern.TryParse(host, out _) || !options.Credentials.ContainsKey(key))
            {
                yield return $"{LiveOptions.Section}:CredentialHosts:{key} is '{host}'; it must be a host with or without a port, for a secret that {LiveOptions.Section}:Credentials has. Give one such as api.example.com, and set Credentials:{key}.";
            }
        }

        if (options.MaxResponseBytes is < LeastBytes or > MostBytes)
        {
            yield return $"{LiveOptions.Section}:MaxResponseBytes is {options.MaxResponseBytes}; it must be from {LeastBytes} to {MostBytes}. Leave it out for {new LiveOptions().MaxResponseBytes}.";
        }
    }

    private static IEnumerable<string> Failures(string name, McpServerOptions server, LiveOptions options)
    {
        var key = $"{LiveOptions.Section}:McpServers:{name}";
        if (name.Length > 64 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
        {
            yield return $"{key} has the name '{name}'; it must be 1 to 64 letters, digits, '-' or '_'. Rename it.";
        }

        if ((server.Command.Length > 0) == (server.Url.Length > 0))
        {
            yield return $"{key} has Command '{server.Command}' and Url '{server.Url}'; exactly one of them must be given. Set Command for a program on this machine, Url for a server elsewhere.";
        }
        else if (server.Url.Length > 0)
        {
            foreach (var failure in UrlFailures(key, server, options))
            {
                yield return failure;
            }
        }
        else if (server.WorkingDirectory.Length > 0 && !Directory.Exists(server.WorkingDirectory))
        {
            yield return $"{key}:WorkingDirectory is '{server.WorkingDirectory}', which is no folder; it must be one. Leave it out for the silo's own.";
        }

        foreach (var (part, credential) in server.Secrets.Select(pair => ($"Secrets:{pair.Key}", pair.Value)).Append(("Credential", server.Credential)))
        {
            if ((credential.Length > 0 || part != "Credential") && !options.Credentials.ContainsKey(credential))
            {
                yield return $"{key}:{part} is '{credential}'; it must name a secret, and {LiveOptions.Section}:Credentials has none of that name. Set StepTool__Tools__Credentials__{credential} in the environment.";
            }
        }
    }

    private static IEnumerable<string> UrlFailures(string key, McpServerOptions server, LiveOptions options)
    {
        if (!Uri.TryCreate(server.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
        {
            yield return $"{key}:Url is '{server.Url}'; it must be an http or https URL without user and password. Give one such as https://mcp.example.com/mcp.";
        }
        else if (!new AllowedHosts(options).Allows(url))
        {
            yield return $"{key}:Url is '{server.Url}', whose host is not allowed; {LiveOptions.Section}:AllowedHosts must name it. Add '{AllowedHosts.Entry(url)}' to it.";
        }
    }
}
