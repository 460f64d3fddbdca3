using System.Collections.Immutable;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Tests.Silo.Tools;

/// <summary>APIs for tests.</summary>
internal static class Apis
{
    public static ApiDefinition Bound(ApiBinding binding, string method = "GET", bool? isSafe = null) => new(
        new ApiDocumentation { Key = new ApiKey("test", "tool", "api"), ToolName = "Tool", ApiName = "API", Method = method, IsSafe = isSafe }, null, [])
    {
        Binding = binding,
    };

    public static ApiDefinition Http(string server, string path, string method = "GET", bool? isSafe = null, params HttpParameter[] parameters) =>
        Bound(new HttpBinding(method, server, path) { Parameters = [.. parameters] }, method, isSafe);

    public static ApiDefinition With(this ApiDefinition api, Func<HttpBinding, HttpBinding> change) => api with { Binding = change((HttpBinding)api.Binding!) };

    public static HttpParameter Query(string name) => new(name, name, ParameterPlace.Query, ParameterStyle.Form, Explode: true);

    public static ImmutableArray<SecurityRequirement> Needs(string name, SecurityKind kind, ParameterPlace place = ParameterPlace.Header, string parameter = "Authorization") =>
        [new SecurityRequirement([new SecurityScheme(name, kind, place, parameter)])];
}
