using System.Collections.Immutable;
using System.Text.Json;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Reads how an API of ToolBench is called: its <c>url</c> at RapidAPI, with the key and the host in headers.</summary>
internal static class ToolBenchBinding
{
    private const string HostHeader = "X-RapidAPI-Host";
    private const string KeyHeader = "X-RapidAPI-Key";
    private const string Json = "application/json";
    private static readonly SecurityScheme Key = new("rapidapi", SecurityKind.ApiKey, ParameterPlace.Header, KeyHeader);

    /// <summary>The binding; null where the entry has no absolute URL.</summary>
    public static HttpBinding? Of(ApiDocumentation documentation, JsonElement api)
    {
        if (!Uri.TryCreate(JsonText.Member(api, "url"), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            return null;
        }

        var path = Uri.UnescapeDataString(url.AbsolutePath);
        var hasBody = documentation.Method is "POST" or "PUT" or "PATCH";
        return new HttpBinding(documentation.Method, url.GetLeftPart(UriPartial.Authority), path)
        {
            Parameters =
            [
                .. documentation.Parameters.Where(parameter => !IsFixed(parameter.Name)).Select(parameter => new HttpParameter(
                    parameter.Name,
                    parameter.Name,
                    path.Contains($"{{{parameter.Name}}}", StringComparison.Ordinal) ? ParameterPlace.Path : hasBody ? ParameterPlace.BodyMember : ParameterPlace.Query,
                    hasBody ? ParameterStyle.Simple : ParameterStyle.Form)),
            ],
            BodyMediaType = hasBody ? Json : null,
            Headers = ImmutableSortedDictionary<string, string>.Empty.Add(HostHeader, url.Host),
            Security = [new SecurityRequirement([Key])],
        };
    }

    private static bool IsFixed(string name) => name.Equals(HostHeader, StringComparison.OrdinalIgnoreCase) || name.Equals(KeyHeader, StringComparison.OrdinalIgnoreCase);
}
