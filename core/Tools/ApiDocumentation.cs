using System.Collections.Immutable;

namespace StepTool.Core.Tools;

/// <summary>What an agent may read of an API before calling it.</summary>
public sealed record ApiDocumentation
{
    /// <summary>The API's key.</summary>
    public required ApiKey Key { get; init; }

    /// <summary>The tool's published name.</summary>
    public required string ToolName { get; init; }

    /// <summary>The API's published name.</summary>
    public required string ApiName { get; init; }

    /// <summary>What the tool is, in its publisher's words; may be empty.</summary>
    public string ToolDescription { get; init; } = "";

    /// <summary>What the API does, in its publisher's words; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>HTTP method; GET and HEAD are safe, all else mutates, unless <see cref="IsSafe"/> says otherwise.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Says outright whether a call leaves the world outside as it is, so that it may be repeated; null where the method tells.</summary>
    public bool? IsSafe { get; init; }

    /// <summary>Parameters, required ones first.</summary>
    public ImmutableArray<ParameterDocumentation> Parameters { get; init; } = [];

    /// <summary>Whether a call changes the world outside, so that it must never be sent twice.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool Mutates => !(IsSafe ?? (Method.Equals("GET", StringComparison.OrdinalIgnoreCase) || Method.Equals("HEAD", StringComparison.OrdinalIgnoreCase)));
}

/// <summary>One parameter of an API.</summary>
/// <param name="Name">Name as it stands in the arguments.</param>
/// <param name="Type">Type of its values.</param>
/// <param name="Required">Whether a call without it is refused.</param>
/// <param name="Description">The publisher's words; may be empty.</param>
/// <param name="Default">Documented default or example as JSON text, or null.</param>
/// <param name="Choices">Documented allowed values; empty when free.</param>
public sealed record ParameterDocumentation(
    string Name, ParameterType Type, bool Required, string Description, string? Default, ImmutableArray<string> Choices);

/// <summary>Types of parameters as ToolBench documents them.</summary>
public enum ParameterType
{
    /// <summary>Text; also what an unknown type counts as.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A JSON object.</summary>
    Object,

    /// <summary>A JSON array.</summary>
    Array,
}
