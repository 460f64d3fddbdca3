using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Catalogues;

/// <summary>What is read of a catalogue at once: its APIs, ordered by key.</summary>
internal sealed record CatalogueIndex(int Version, ImmutableArray<CatalogueEntry> Apis)
{
    public const int CurrentVersion = 1;
}

/// <summary>One API, and where the rest of it stands.</summary>
internal sealed record CatalogueEntry(ApiDocumentation Documentation, ApiBinding? Binding, int Answers, long Offset, int Length)
{
    /// <summary>Whether nothing but its names and answers is known: no part of the world, but whoever calls it by name is answered.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsUndocumented { get; init; }
}

/// <summary>What is read of an API when it is first used.</summary>
internal sealed record CatalogueDetail(string? Template, string? InputSchema, string? ResponseSchema, ImmutableArray<RecordedAnswer> Answers, ImmutableArray<RecordedAnswer> Others);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CatalogueIndex))]
[JsonSerializable(typeof(CatalogueDetail))]
internal sealed partial class CatalogueJson : JsonSerializerContext;
