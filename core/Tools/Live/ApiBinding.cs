using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace StepTool.Core.Tools.Live;

/// <summary>How an API is called for real. Secrets are named, never held.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "binding")]
[JsonDerivedType(typeof(HttpBinding), "http")]
[JsonDerivedType(typeof(McpBinding), "mcp")]
[JsonDerivedType(typeof(FunctionBinding), "function")]
public abstract record ApiBinding;

/// <summary>A tool of a configured MCP server.</summary>
/// <param name="Server">The server's name in the configuration.</param>
/// <param name="Tool">The tool's name as the server lists it.</param>
public sealed record McpBinding(string Server, string Tool) : ApiBinding;

/// <summary>A function that the host registered.</summary>
/// <param name="Name">The name it was registered under.</param>
public sealed record FunctionBinding(string Name) : ApiBinding;

/// <summary>An HTTP request.</summary>
/// <param name="Method">HTTP method in upper case.</param>
/// <param name="Server">Absolute URL that the path is appended to, without a slash at its end.</param>
/// <param name="Path">Path with its parameters in braces: <c>/pets/{id}</c>.</param>
public sealed record HttpBinding(string Method, string Server, string Path) : ApiBinding
{
    /// <summary>Where each argument goes. An argument that is not here is not sent.</summary>
    public ImmutableArray<HttpParameter> Parameters { get; init; } = [];

    /// <summary>Media type of the body; null where there is none.</summary>
    public string? BodyMediaType { get; init; }

    /// <summary>Headers sent with every call as they stand, by name. Never secrets.</summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What identifies the caller: one of these is enough, in this order of preference; none needed where there are none.</summary>
    public ImmutableArray<SecurityRequirement> Security { get; init; } = [];
}

/// <summary>Where one argument goes in a request.</summary>
/// <param name="Argument">Name among a call's arguments.</param>
/// <param name="Name">Name in the request; the same for most. Empty for <see cref="ParameterPlace.Body"/>.</param>
/// <param name="Place">Which part of the request.</param>
/// <param name="Style">How arrays and objects are written.</param>
/// <param name="Explode">Whether each item of an array or object is written as a parameter of its own.</param>
public sealed record HttpParameter(string Argument, string Name, ParameterPlace Place, ParameterStyle Style = ParameterStyle.Simple, bool Explode = false);

/// <summary>Parts of a request that take arguments.</summary>
public enum ParameterPlace
{
    /// <summary>In the path, in place of its name in braces.</summary>
    Path,

    /// <summary>In the query.</summary>
    Query,

    /// <summary>A header.</summary>
    Header,

    /// <summary>A cookie.</summary>
    Cookie,

    /// <summary>A member of the body.</summary>
    BodyMember,

    /// <summary>The whole body.</summary>
    Body,
}

/// <summary>How a parameter is written, as OpenAPI names it.</summary>
public enum ParameterStyle
{
    /// <summary><c>a,b</c>: path and headers.</summary>
    Simple,

    /// <summary><c>.a.b</c>: path.</summary>
    Label,

    /// <summary><c>;name=a,b</c>: path.</summary>
    Matrix,

    /// <summary><c>name=a,b</c>, or <c>name=a&amp;name=b</c> exploded: query and cookies.</summary>
    Form,

    /// <summary><c>name=a%20b</c>: query.</summary>
    SpaceDelimited,

    /// <summary><c>name=a|b</c>: query.</summary>
    PipeDelimited,

    /// <summary><c>name[key]=a</c>: query.</summary>
    DeepObject,

    /// <summary>As JSON text.</summary>
    Json,
}

/// <summary>Schemes of which all are needed together; none means that the call needs none.</summary>
/// <param name="Schemes">The schemes.</param>
public sealed record SecurityRequirement(ImmutableArray<SecurityScheme> Schemes);

/// <summary>How a secret is sent.</summary>
/// <param name="Name">Name under which the secret is configured: the tool's and the scheme's, such as <c>petstore_api_key</c>, so that no tool is sent another's.</param>
/// <param name="Kind">What kind of secret.</param>
/// <param name="Place">Query, header or cookie; a header for all but API keys.</param>
/// <param name="Parameter">Name of the parameter, header or cookie; <c>Authorization</c> for all but API keys.</param>
public sealed record SecurityScheme(string Name, SecurityKind Kind, ParameterPlace Place, string Parameter);

/// <summary>Kinds of secrets.</summary>
public enum SecurityKind
{
    /// <summary>A key as a parameter, header or cookie.</summary>
    ApiKey,

    /// <summary>A token in <c>Authorization: Bearer</c>; also what OAuth 2 and OpenID Connect come to once there is a token.</summary>
    Bearer,

    /// <summary>User and password in <c>Authorization: Basic</c>.</summary>
    Basic,

    /// <summary>Anything else; it cannot be sent.</summary>
    Unsupported,
}
