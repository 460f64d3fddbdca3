using System.Collections.Immutable;
using StepTool.Core.Virtual;

namespace StepTool.Core.Tools.Live;

/// <summary>All that is known of an API: what an agent reads, how it is called, what it takes, and what it answered.</summary>
/// <param name="Documentation">What an agent reads.</param>
/// <param name="Template">Response template in ToolBench's form, or null.</param>
/// <param name="Answers">Recorded answers; none twice for equal calls.</param>
public sealed record ApiDefinition(ApiDocumentation Documentation, string? Template, ImmutableArray<RecordedAnswer> Answers)
{
    /// <summary>An API of which nothing but its names is known.</summary>
    internal static ApiDefinition Undocumented(ApiKey key) => new(new ApiDocumentation { Key = key, ToolName = key.Tool, ApiName = key.Api }, null, []);

    /// <summary>Recorded answers to the same calls otherwise written, and to inputs that are no arguments: known by their very text only.</summary>
    public ImmutableArray<RecordedAnswer> Others { get; init; } = [];

    /// <summary>How it is called for real; null where it cannot be.</summary>
    public ApiBinding? Binding { get; init; }

    /// <summary>JSON Schema (2020-12) of its arguments as text, referring to nothing outside itself; null where only names are documented.</summary>
    public string? InputSchema { get; init; }

    /// <summary>JSON Schema of its response as text, referring to nothing outside itself, or null.</summary>
    public string? ResponseSchema { get; init; }
}

/// <summary>One recorded answer.</summary>
/// <param name="Arguments">Canonical arguments; empty where the input was none.</param>
/// <param name="Error">The error text, or empty.</param>
/// <param name="Response">The response as text: JSON where it is JSON.</param>
public sealed record RecordedAnswer(string Arguments, string Error, string Response)
{
    /// <summary>The arguments as they were recorded, in Python's text of a dict; empty where they were not recorded so.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether the response was JSON rather than a text.</summary>
    public bool Structured { get; init; }

    /// <summary>The answer as JSON, as it was recorded; null where error and response tell it all.</summary>
    public string? Body { get; init; }

    /// <summary>The answer as JSON, as StableToolBench's server sends it.</summary>
    internal string ToBody() => Body ?? VirtualBody.Of(Error, Response, Structured);
}
