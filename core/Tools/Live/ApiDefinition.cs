using System.Collections.Immutable;

namespace StepTool.Core.Tools.Live;

/// <summary>All that is known of an API: what an agent reads, how it is called, what it takes, and what it answered.</summary>
/// <param name="Documentation">What an agent reads.</param>
/// <param name="Template">Response template in ToolBench's form, or null.</param>
/// <param name="Answers">Recorded answers; none twice for equal calls.</param>
public sealed record ApiDefinition(ApiDocumentation Documentation, string? Template, ImmutableArray<RecordedAnswer> Answers)
{
    /// <summary>How it is called for real; null where it cannot be.</summary>
    public ApiBinding? Binding { get; init; }

    /// <summary>JSON Schema (2020-12) of its arguments as text, referring to nothing outside itself; null where only names are documented.</summary>
    public string? InputSchema { get; init; }

    /// <summary>JSON Schema of its response as text, referring to nothing outside itself, or null.</summary>
    public string? ResponseSchema { get; init; }
}

/// <summary>One recorded answer.</summary>
/// <param name="Arguments">Canonical arguments.</param>
/// <param name="Error">The error text, or empty.</param>
/// <param name="Response">The response as text: JSON where it is JSON.</param>
public sealed record RecordedAnswer(string Arguments, string Error, string Response);
