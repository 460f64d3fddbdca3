using System.Text.Json;
using StepTool.Core.Tools.Live;

namespace StepTool.Silo.Tools.Http;

/// <summary>Writes arguments as OpenAPI's styles say; what stands deeper than a style reaches is written as JSON.</summary>
internal static class ParameterWriter
{
    /// <summary>A value as text: strings as they are, all else as JSON.</summary>
    public static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        _ => value.GetRawText(),
    };

    /// <summary>The text that takes the place of a path parameter, percent-encoded; or, for headers, as it is.</summary>
    public static string Inline(HttpParameter parameter, JsonElement value, Func<string, string> encode)
    {
        var (prefix, separator) = (parameter.Style, parameter.Explode) switch
        {
            (ParameterStyle.Label, true) => (".", "."),
            (ParameterStyle.Label, false) => (".", ","),
            (ParameterStyle.Matrix, true) => (";", ";"),
            (ParameterStyle.Matrix, false) => ($";{encode(parameter.Name)}=", ","),
            _ => ("", ","),
        };
        var isNamed = parameter is { Style: ParameterStyle.Matrix, Explode: true };
        return value.ValueKind switch
        {
            _ when parameter.Style == ParameterStyle.Json => encode(value.GetRawText()),
            JsonValueKind.Array => prefix + string.Join(separator, value.EnumerateArray().Select(item => (isNamed ? $"{encode(parameter.Name)}=" : "") + encode(Text(item)))),
            JsonValueKind.Object => prefix + string.Join(separator, value.EnumerateObject().Select(member => $"{encode(member.Name)}{(parameter.Explode ? '=' : ',')}{encode(Text(member.Value))}")),
            _ => prefix + (isNamed ? $"{encode(parameter.Name)}=" : "") + encode(Text(value)),
        };
    }

    /// <summary>Names and values of a query, form or cookie parameter, both percent-encoded; none for null.</summary>
    public static IEnumerable<string> Pairs(HttpParameter parameter, JsonElement value)
    {
        var name = Uri.EscapeDataString(parameter.Name);
        switch (value.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return [];
            case JsonValueKind.Array or JsonValueKind.Object when parameter.Style == ParameterStyle.Json:
                return [$"{name}={Uri.EscapeDataString(value.GetRawText())}"];
            case JsonValueKind.Array or JsonValueKind.Object when parameter.Style == ParameterStyle.DeepObject:
                return Deep(parameter.Name, value);
            case JsonValueKind.Array when parameter.Explode:
                return value.EnumerateArray().Select(item => $"{name}={Uri.EscapeDataString(Text(item))}");
            case JsonValueKind.Object when parameter.Explode:
                return value.EnumerateObject().Select(member => $"{Uri.EscapeDataString(member.Name)}={Uri.EscapeDataString(Text(member.Value))}");
            case JsonValueKind.Array or JsonValueKind.Object:
                var parts = value.ValueKind == JsonValueKind.Array
                    ? value.EnumerateArray().Select(Text).ToArray()
                    : [.. value.EnumerateObject().SelectMany(member => new[] { member.Name, Text(member.Value) })];
                return parts.Length == 0 ? [] : [$"{name}={string.Join(Separator(parameter.Style), parts.Select(Uri.EscapeDataString))}"];
            default:
                return [$"{name}={Uri.EscapeDataString(parameter.Style == ParameterStyle.Json ? value.GetRawText() : Text(value))}"];
        }
    }

    private static string Separator(ParameterStyle style) => style switch
    {
        ParameterStyle.SpaceDelimited => "%20",
        ParameterStyle.PipeDelimited => "%7C",
        _ => ",",
    };

    private static IEnumerable<string> Deep(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Deep($"{name}[{member.Name}]", member.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(item => Deep($"{name}[]", item)),
        JsonValueKind.Null => [],
        _ => [$"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(Text(value))}"],
    };
}
