using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Virtual;
using StepTool.Core.Worlds.Recorded;

namespace StepTool.Core.Worlds.Catalogues;

/// <summary>APIs from any source, without tasks of their own: the world of tasks that users queue. An API is unpacked when it is first used.</summary>
public sealed class CatalogueWorld : IWorld, IRecordedReplies
{
    private const int MaxTurns = 8;
    private readonly FrozenDictionary<ApiKey, CatalogueEntry> _entries;
    private readonly FrozenDictionary<ApiKey, Lazy<RecordedApi>> _apis;
    private readonly RecordedReplies _replies;

    private CatalogueWorld(string id, CatalogueContent content)
    {
        Id = id;
        var documented = content.Index.Apis.Where(entry => !entry.IsUndocumented).ToImmutableArray();
        _entries = documented.ToFrozenDictionary(entry => entry.Documentation.Key);
        _apis = content.Index.Apis.ToFrozenDictionary(entry => entry.Documentation.Key, entry => new Lazy<RecordedApi>(() => Unpack(content, entry)));
        _replies = new RecordedReplies(_apis);
        Apis = [.. documented.Select(entry => entry.Documentation.Key)];
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <summary>None: tasks are their users' own.</summary>
    public ImmutableArray<AgentTask> Tasks => [];

    /// <inheritdoc/>
    public int DefaultMaxTurns => MaxTurns;

    /// <inheritdoc/>
    public IEnumerable<ApiKey> Apis { get; }

    /// <summary>Unsure of whatever was answered, since no task has a known truth.</summary>
    public IJudge Judge { get; } = new RecordedJudge(FrozenDictionary<string, ImmutableArray<ApiKey>>.Empty);

    /// <inheritdoc/>
    public ImmutableArray<string> Excluded => [];

    /// <summary>Loads a catalogue.</summary>
    /// <param name="content">What <see cref="CatalogueWriter"/> wrote.</param>
    /// <exception cref="CatalogueException">The content is damaged or of another version.</exception>
    public static CatalogueWorld Load(ReadOnlyMemory<byte> content) => new($"catalogue-{StableHash.Content(content.Span)[..16]}", new CatalogueContent(content));

    /// <inheritdoc/>
    public TaskLabels Labels(AgentTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return new TaskLabels(Split.None, task.Id, "", 0, "");
    }

    /// <inheritdoc/>
    public bool TryDescribe(ApiKey api, [NotNullWhen(true)] out ApiDocumentation? documentation)
    {
        documentation = _entries.TryGetValue(api, out var entry) ? entry.Documentation : null;
        return documentation is not null;
    }

    /// <inheritdoc/>
    public bool TryDefine(ApiKey api, [NotNullWhen(true)] out ApiDefinition? definition)
    {
        definition = Find(api)?.Definition;
        return definition is not null;
    }

    /// <inheritdoc/>
    public ToolAnswer? Refuse(ToolCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Find(call.Api) is { } api ? api.Check(call.Arguments) : RecordedApi.Unknown(call.Api);
    }

    /// <inheritdoc/>
    public ToolAnswer Answer(ToolCall call, int attempt)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Find(call.Api)?.Answer(call.Arguments) ?? RecordedApi.Unknown(call.Api);
    }

    /// <inheritdoc/>
    public VirtualReply? Find(VirtualRequest request) => _replies.Find(request);

    /// <summary>Never: what a user's task asks for is not known.</summary>
    public bool Supplies(Episode episode, int step) => false;

    private RecordedApi? Find(ApiKey api) => _entries.ContainsKey(api) ? _apis[api].Value : null;

    private static RecordedApi Unpack(CatalogueContent content, CatalogueEntry entry)
    {
        var definition = content.Read(entry);
        try
        {
            return new RecordedApi(definition);
        }
        catch (Exception exception) when (exception is ArgumentException or ArgumentsException or NullReferenceException)
        {
            // What a damaged part still reads as may lack anything.
            throw new CatalogueException($"The catalogue's API {entry.Documentation.Key} is damaged: {exception.Message} Import its sources again.", exception);
        }
    }
}
