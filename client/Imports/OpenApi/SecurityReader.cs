using System.Collections.Immutable;
using Microsoft.OpenApi;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using Requirement = StepTool.Core.Tools.Live.SecurityRequirement;
using Scheme = StepTool.Core.Tools.Live.SecurityScheme;

namespace StepTool.Client.Imports.OpenApi;

/// <summary>Reads what identifies the caller of an operation. Schemes are named by their tool, so that no document can ask for another's secret.</summary>
internal static class SecurityReader
{
    private const string Header = "Authorization";

    /// <summary>The requirements, those first that need nothing unsupported.</summary>
    public static ImmutableArray<Requirement> Read(IEnumerable<OpenApiSecurityRequirement>? requirements, string tool) =>
    [
        .. (requirements ?? [])
            .Select(requirement => new Requirement([.. requirement.Keys.Select(scheme => Read(scheme, tool))]))
            .OrderBy(requirement => requirement.Schemes.Any(scheme => scheme.Kind == SecurityKind.Unsupported)),
    ];

    private static Scheme Read(OpenApiSecuritySchemeReference scheme, string tool)
    {
        var name = $"{tool}_{StandardName.Of(scheme.Reference.Id ?? "")}";
        return (scheme.Type, scheme.Scheme?.ToUpperInvariant()) switch
        {
            (SecuritySchemeType.ApiKey, _) when scheme.Name is { Length: > 0 } parameter => new Scheme(name, SecurityKind.ApiKey, Place(scheme.In), parameter),
            (SecuritySchemeType.Http, "BEARER") or (SecuritySchemeType.OAuth2 or SecuritySchemeType.OpenIdConnect, _) => new Scheme(name, SecurityKind.Bearer, ParameterPlace.Header, Header),
            (SecuritySchemeType.Http, "BASIC") => new Scheme(name, SecurityKind.Basic, ParameterPlace.Header, Header),
            _ => new Scheme(name, SecurityKind.Unsupported, ParameterPlace.Header, Header),
        };
    }

    private static ParameterPlace Place(ParameterLocation? location) => location switch
    {
        ParameterLocation.Query => ParameterPlace.Query,
        ParameterLocation.Cookie => ParameterPlace.Cookie,
        _ => ParameterPlace.Header,
    };
}
