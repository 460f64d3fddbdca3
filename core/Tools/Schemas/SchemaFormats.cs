using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace StepTool.Core.Tools.Schemas;

/// <summary>Formats of texts that can be told for sure; any other passes.</summary>
internal static partial class SchemaFormats
{
    private static readonly Dictionary<string, (string Wanted, string Example, Func<string, bool> IsOne)> Known = new(StringComparer.Ordinal)
    {
        ["date"] = ("a date", "2024-05-31", text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)),
        ["date-time"] = ("a date with its time", "2024-05-31T14:30:00Z", text => DateTime().IsMatch(text)),
        ["time"] = ("a time", "14:30:00Z", text => Time().IsMatch(text)),
        ["email"] = ("an e-mail address", "somebody@example.com", text => Email().IsMatch(text)),
        ["uri"] = ("an absolute URL", "https://example.com/page", text => Uri.TryCreate(text, UriKind.Absolute, out _)),
        ["uuid"] = ("a UUID", "123e4567-e89b-12d3-a456-426614174000", text => Guid.TryParseExact(text, "D", out _)),
        ["ipv4"] = ("an IPv4 address", "192.0.2.1", text => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork && text.Count(character => character == '.') == 3),
        ["ipv6"] = ("an IPv6 address", "2001:db8::1", text => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 && !text.StartsWith('[')),
        ["hostname"] = ("a host name", "www.example.com", text => Uri.CheckHostName(text) is UriHostNameType.Dns),
    };

    /// <summary>What a text should be where it is not of the format; null where it is, or nobody can tell.</summary>
    public static string? Broken(string format, string text) => Known.TryGetValue(format, out var known) && !known.IsOne(text) ? Wanted(format) : null;

    /// <summary>The format in words, with an example; null for an unknown one.</summary>
    public static string? Wanted(string format) => Known.TryGetValue(format, out var known) ? $"{known.Wanted} such as {known.Example}" : null;

    /// <summary>A text of the format; null for an unknown one.</summary>
    public static string? Example(string format) => Known.TryGetValue(format, out var known) ? known.Example : null;

    [GeneratedRegex(@"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DateTime();

    [GeneratedRegex(@"^([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)(\.\d+)?)?([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Time();

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Email();
}
