using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using StepTool.Core.Tools.Live;

namespace StepTool.Silo.Tools.Http;

/// <summary>Puts a call's arguments where an API wants them.</summary>
internal static partial class RequestWriter
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What frames a message, steers a connection or says who calls is never an argument's to set.
    private static readonly HashSet<string> Kept = new(
        ["Host", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect", "Proxy-Authorization", "Proxy-Connection", "Authorization", "Cookie"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The request of a call.</summary>
    /// <param name="binding">How the API is called.</param>
    /// <param name="arguments">Its arguments: one JSON object.</param>
    /// <param name="proofs">What identifies the caller.</param>
    /// <exception cref="ArgumentRefusedException">An argument cannot be where it belongs.</exception>
    /// <exception cref="UriFormatException">The API's URL is none.</exception>
    public static OutgoingRequest Write(HttpBinding binding, JsonElement arguments, ImmutableArray<Proof> proofs)
    {
        var given = binding.Parameters
            .Select(parameter => (Parameter: parameter, Value: arguments.TryGetProperty(parameter.Argument, out var value) ? value : default))
            .Where(pair => pair.Value.ValueKind != JsonValueKind.Undefined)
            .ToLookup(pair => pair.Parameter.Place);
        var query = given[ParameterPlace.Query].SelectMany(pair => ParameterWriter.Pairs(pair.Parameter, pair.Value)).Concat(Pairs(proofs, ParameterPlace.Query));
        var cookies = given[ParameterPlace.Cookie].SelectMany(pair => ParameterWriter.Pairs(pair.Parameter, pair.Value)).Concat(Pairs(proofs, ParameterPlace.Cookie));
        var headers = binding.Headers
            .Concat(given[ParameterPlace.Header].Where(pair => pair.Value.ValueKind != JsonValueKind.Null).Select(pair => KeyValuePair.Create(pair.Parameter.Name, Header(pair.Parameter, pair.Value))))
            .Where(header => !Kept.Contains(header.Key))
            .Concat(proofs.Where(proof => proof.Place == ParameterPlace.Header).Select(proof => KeyValuePair.Create(proof.Name, proof.Value)))
            .Concat(string.Join("; ", cookies) is { Length: > 0 } cookie ? [KeyValuePair.Create("Cookie", cookie)] : []);
        var url = binding.Server + Path(binding.Path, [.. given[ParameterPlace.Path]]);
        var asked = string.Join('&', query);
        return new OutgoingRequest(HttpMethod.Parse(binding.Method), new Uri(asked.Length == 0 ? url : $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{asked}"))
        {
            Headers = [.. headers],
            Body = Body(binding, [.. given[ParameterPlace.BodyMember]], given[ParameterPlace.Body].FirstOrDefault().Value),
        };
    }

    private static IEnumerable<string> Pairs(ImmutableArray<Proof> proofs, ParameterPlace place) =>
        proofs.Where(proof => proof.Place == place).Select(proof => $"{Uri.EscapeDataString(proof.Name)}={Uri.EscapeDataString(proof.Value)}");

    private static string Path(string template, List<(HttpParameter Parameter, JsonElement Value)> given) => Placeholder.Replace(template, match =>
    {
        var (parameter, value) = given.Find(pair => pair.Parameter.Name == match.Groups[1].Value);
        var text = parameter is null || value.ValueKind == JsonValueKind.Null ? "" : ParameterWriter.Inline(parameter, value, Uri.EscapeDataString);
        return text is "" or "." or ".."
            ? throw new ArgumentRefusedException($"'{parameter?.Argument ?? match.Groups[1].Value}' is {(text.Length == 0 ? "missing or empty" : $"'{text}'")}; it is a part of the API's path and must be a text of its own. Give a value.")
            : text;
    });

    private static string Header(HttpParameter parameter, JsonElement value)
    {
        var text = ParameterWriter.Inline(parameter, value, part => part);
        return text.Any(char.IsControl)
            ? throw new ArgumentRefusedException($"'{parameter.Argument}' has a line break or another control character; it is sent as a header, which has none. Leave it out of the text.")
            : text;
    }

    private static Func<HttpContent>? Body(HttpBinding binding, List<(HttpParameter Parameter, JsonElement Value)> members, JsonElement whole)
    {
        if (binding.BodyMediaType is not { } type || !MediaTypeHeaderValue.TryParse(type, out var media))
        {
            return null;
        }

        var isWhole = whole.ValueKind != JsonValueKind.Undefined;
        var name = media.MediaType!.ToUpperInvariant();
        var isJson = name is "APPLICATION/JSON" || name.EndsWith("+JSON", StringComparison.Ordinal);
        if (!isWhole && members.Count == 0 && !(isJson && binding.Parameters.Any(parameter => parameter.Place == ParameterPlace.BodyMember)))
        {
            return null;
        }

        if (isWhole && whole.ValueKind == JsonValueKind.Object && !isJson)
        {
            members = [.. whole.EnumerateObject().Select(member => (new HttpParameter(member.Name, member.Name, ParameterPlace.BodyMember), member.Value))];
        }

        return name switch
        {
            _ when isJson => Bytes(isWhole ? Encoding.UTF8.GetBytes(whole.GetRawText()) : Json(members), media),
            "APPLICATION/X-WWW-FORM-URLENCODED" when members.Count > 0 || !isWhole => Bytes(Encoding.UTF8.GetBytes(Form(members)), media),
            "MULTIPART/FORM-DATA" => () => Multipart(members),
            _ => Bytes(Encoding.UTF8.GetBytes(isWhole ? ParameterWriter.Text(whole) : Encoding.UTF8.GetString(Json(members))), media),
        };
    }

    private static Func<HttpContent> Bytes(byte[] bytes, MediaTypeHeaderValue media) => () => new ByteArrayContent(bytes) { Headers = { ContentType = media } };

    private static byte[] Json(List<(HttpParameter Parameter, JsonElement Value)> members)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Writing))
        {
            writer.WriteStartObject();
            foreach (var (parameter, value) in members)
            {
                writer.WritePropertyName(parameter.Name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    // An array is repeated, as OpenAPI has it for forms.
    private static string Form(List<(HttpParameter Parameter, JsonElement Value)> members) =>
        string.Join('&', members.SelectMany(member => ParameterWriter.Pairs(
            member.Value.ValueKind == JsonValueKind.Object ? member.Parameter with { Style = ParameterStyle.Json } : member.Parameter with { Explode = true }, member.Value)));

    private static MultipartFormDataContent Multipart(List<(HttpParameter Parameter, JsonElement Value)> members)
    {
        var content = new MultipartFormDataContent();
        foreach (var (parameter, value) in members)
        {
            content.Add(new StringContent(ParameterWriter.Text(value)), parameter.Name);
        }

        return content;
    }

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Placeholder { get; }
}
