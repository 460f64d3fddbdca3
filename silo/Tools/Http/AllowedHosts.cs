using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace StepTool.Silo.Tools.Http;

/// <summary>Which hosts and ports may be called.</summary>
internal sealed class AllowedHosts(LiveOptions options)
{
    private readonly ImmutableArray<HostPattern> _patterns = [.. options.AllowedHosts.Select(text => HostPattern.TryParse(text, out var pattern) ? pattern : null).OfType<HostPattern>()];

    public bool Allows(Uri url) => url.UserInfo.Length == 0 && url.Scheme is "http" or "https" && _patterns.Any(pattern => pattern.Matches(url));

    /// <summary>What keeps a URL from being called, for the operator; null when it may be.</summary>
    public string? Refusal(Uri url) => Allows(url)
        ? null
        : $"The host of {Place(url)} is not allowed; {LiveOptions.Section}:AllowedHosts must name each host that is called. Add '{Entry(url)}' to it (StepTool__Tools__AllowedHosts__{options.AllowedHosts.Count}={Entry(url)}) if it may be.";

    /// <summary>The entry that would allow a URL.</summary>
    public static string Entry(Uri url) => url.IsDefaultPort ? url.IdnHost : string.Create(CultureInfo.InvariantCulture, $"{Host(url)}:{url.Port}");

    /// <summary>Scheme, host and port: what a browser calls an origin.</summary>
    public static string Origin(Uri url) => url.IsDefaultPort ? $"{url.Scheme}://{Host(url)}" : string.Create(CultureInfo.InvariantCulture, $"{url.Scheme}://{Host(url)}:{url.Port}");

    /// <summary>A URL without what may hold secrets.</summary>
    public static string Place(Uri url) => Origin(url) + url.AbsolutePath;

    private static string Host(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? $"[{url.IdnHost.Trim('[', ']')}]" : url.IdnHost;
}

/// <summary>One entry of the allowed hosts.</summary>
/// <param name="Host">The host in ASCII, or what stands behind <c>*.</c>.</param>
/// <param name="Port">The port; null for the scheme's own.</param>
/// <param name="IsSuffix">Whether all hosts below are meant, and not the host itself.</param>
internal sealed record HostPattern(string Host, int? Port, bool IsSuffix)
{
    private const string Wildcard = "*.";
    private static readonly SearchValues<char> NoHost = SearchValues.Create("/*@?#\\ ");

    public static bool TryParse(string? text, [NotNullWhen(true)] out HostPattern? pattern)
    {
        pattern = null;
        var isSuffix = text?.StartsWith(Wildcard, StringComparison.Ordinal) == true;
        var rest = isSuffix ? text![Wildcard.Length..] : text ?? "";
        if (rest.Length == 0 || rest.AsSpan().ContainsAny(NoHost) || !Uri.TryCreate($"host://{rest}", UriKind.Absolute, out var url) || url.IdnHost.Length == 0 || url.AbsolutePath.Length > 1)
        {
            return false;
        }

        pattern = new HostPattern(url.IdnHost.TrimEnd('.').ToUpperInvariant(), url.Port >= 0 ? url.Port : null, isSuffix);
        return !isSuffix || (url.HostNameType == UriHostNameType.Dns && pattern.Host.Contains('.', StringComparison.Ordinal));
    }

    public bool Matches(Uri url)
    {
        var host = url.IdnHost.TrimEnd('.').ToUpperInvariant();
        return (Port is { } port ? url.Port == port : url.IsDefaultPort)
            && (IsSuffix ? host.EndsWith($".{Host}", StringComparison.Ordinal) : host == Host);
    }
}
