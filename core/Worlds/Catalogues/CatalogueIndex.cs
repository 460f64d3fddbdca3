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
internal sealed record CatalogueEntry(ApiDocumentation Documentation, ApiBinding? Binding, int Answers, long Offset, int Length);

/// <summary>What is read of an API when it is first used.</summary>
internal sealed record CatalogueDetail(string? Template, string? InputSchema, string? ResponseSchema, ImmutableArray<RecordedAnswer> Answers);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CatalogueIndex))]
[JsonSerializable(typeof(CatalogueDetail))]
internal sealed partial class CatalogueJson : JsonSerializerContext;
