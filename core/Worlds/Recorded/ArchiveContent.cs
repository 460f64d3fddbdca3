using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>All that an archive holds, in a fixed order.</summary>
internal sealed record ArchiveContent(
    int Version, ImmutableArray<ApiDefinition> Apis, ImmutableArray<ArchivedTask> Tasks, ImmutableArray<ArchivedEpisode> Episodes)
{
    public const int CurrentVersion = 2;

    /// <summary>APIs of which answers were recorded and nothing else is known: no part of the world, but whoever calls them by name is answered.</summary>
    public ImmutableArray<ApiDefinition> Undocumented { get; init; } = [];
}

/// <summary>One query with its own APIs in their listed order and those that solve it.</summary>
internal sealed record ArchivedTask(string Id, string Group, string Query, ImmutableArray<ApiKey> Apis, ImmutableArray<ApiKey> Relevant);

/// <summary>One recorded episode: what was called, what was answered in the end, and how judges voted.</summary>
internal sealed record ArchivedEpisode(string Task, string Method, ImmutableArray<ArchivedStep> Steps, string Answer, int Solved, int Votes)
{
    [JsonIgnore]
    public bool IsSolved => Solved * 2 > Votes;
}

/// <summary>One recorded call by function name; arguments are canonical, or empty where they could not be read.</summary>
internal sealed record ArchivedStep(string Function, string Arguments, bool Success);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ArchiveContent))]
internal sealed partial class ArchiveJsonContext : JsonSerializerContext;
