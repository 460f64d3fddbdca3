using System.Collections.Immutable;
using StepTool.Core.Tools;
using StepTool.Core.Worlds.BuiltIn.Words;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>An API of a generated world: its documentation and the rules of its answers.</summary>
internal sealed class GeneratedApi
{
    public required ApiDocumentation Documentation { get; init; }

    public required Suite Suite { get; init; }

    public required Slot Slot { get; init; }

    /// <summary>The one required parameter: an identifier.</summary>
    public required string Parameter { get; init; }

    /// <summary>Whether identifiers of other nouns are refused; the rest takes any and answers plausibly.</summary>
    public required bool IsStrict { get; init; }

    /// <summary>Seed of its data, shared with its mirror.</summary>
    public required ulong DataSeed { get; init; }

    /// <summary>Fields of its answer, in order.</summary>
    public required ImmutableArray<FieldRule> Fields { get; init; }

    public ApiKey Key => Documentation.Key;

    /// <summary>First letters of the identifiers it is made for.</summary>
    public string Prefix => Suite.Nouns[Slot.Link].Prefix;
}

/// <summary>How one field of an answer comes about.</summary>
/// <param name="Name">The field's name.</param>
internal abstract record FieldRule(string Name);

/// <summary>The identifier that was asked for.</summary>
internal sealed record EchoField(string Name) : FieldRule(Name);

/// <summary>An identifier of something else.</summary>
/// <param name="Name">The field's name.</param>
/// <param name="Prefix">First letters of the identifier.</param>
/// <param name="Side">Which of the two opposites it is, 0 or 1.</param>
internal sealed record ReferenceField(string Name, string Prefix, int Side) : FieldRule(Name);

/// <summary>A value of its own.</summary>
internal sealed record ValueField(string Name, ValueKind Kind) : FieldRule(Name);

/// <summary>A text around a value.</summary>
internal sealed record RemarkField(string Name, ValueKind Kind) : FieldRule(Name);
