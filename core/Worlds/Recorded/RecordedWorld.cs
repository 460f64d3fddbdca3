using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Evaluation;
using StepTool.Core.Judging;
using StepTool.Core.Tasks;
using StepTool.Core.Text;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Virtual;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>
/// Real queries, documentation and recorded answers in StableToolBench's form. It measures the selection of APIs, not credit assignment: hardly any
/// call needs a value from an earlier answer, and almost any argument passes.
/// </summary>
public sealed class RecordedWorld : IWorld, IRecordedReplies
{
    internal const string DemonstrationMethods = "toolllama_sft_";
    private const int MaxTurns = 6;
    private readonly ArchiveContent _content;
    private readonly FrozenDictionary<ApiKey, RecordedApi> _apis;
    private readonly FrozenDictionary<string, TaskLabels> _labels;
    private readonly Lazy<ReferenceAnswers> _references;
    private readonly Lazy<RecordedDemonstrator> _demonstrator;
    private readonly RecordedReplies _replies;

    private RecordedWorld(string id, ArchiveContent content, RecordedWorldOptions options)
    {
        Id = id;
        _content = content;
        _apis = content.Apis.ToFrozenDictionary(api => api.Documentation.Key, api => new RecordedApi(api));
        _replies = new RecordedReplies(
            _apis.Values.Concat(content.Undocumented.Select(api => new RecordedApi(api))).Select(api => KeyValuePair.Create(api.Documentation.Key, new Lazy<RecordedApi>(api))));
        Apis = [.. content.Apis.Select(api => api.Documentation.Key)];
        Exclusions = content.Tasks
            .Select(task => KeyValuePair.Create(task.Id, WhyUnsolvable(task)))
            .Where(pair => pair.Value.Length > 0)
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
        var split = new ComponentSplit(content.Tasks, options.Seed);
        _labels = content.Tasks.ToFrozenDictionary(
            task => task.Id, task => new TaskLabels(Allowed(split.Side(task), task.Group, options), split.Component(task), task.Group, 0, ""), StringComparer.Ordinal);
        Tasks = Offer(content, split, options);
        Judge = new RecordedJudge(content.Tasks.ToFrozenDictionary(task => task.Id, task => task.Relevant, StringComparer.Ordinal));
        _references = new Lazy<ReferenceAnswers>(() => new ReferenceAnswers(
            Tasks.Where(task => _labels[task.Id].Split == Split.Train).ToDictionary(task => task.Id, task => (Func<HashSet<string>>)(() => Told(task)), StringComparer.Ordinal),
            content.Episodes));
        _demonstrator = new Lazy<RecordedDemonstrator>(() => new RecordedDemonstrator(this, Tasks.Where(task => _labels[task.Id].Split == Split.Train), content.Episodes));
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <summary>Solvable tasks, ordered by id.</summary>
    public ImmutableArray<AgentTask> Tasks { get; }

    /// <inheritdoc/>
    public int DefaultMaxTurns => MaxTurns;

    /// <inheritdoc/>
    public IEnumerable<ApiKey> Apis { get; }

    /// <inheritdoc/>
    public IJudge Judge { get; }

    /// <inheritdoc/>
    public IDemonstrator? Demonstrator => _content.Episodes.IsEmpty ? null : _demonstrator.Value;

    /// <summary>Ids of tasks left out, with the reason.</summary>
    public ImmutableSortedDictionary<string, string> Exclusions { get; }

    /// <inheritdoc/>
    public ImmutableArray<string> Excluded => [.. Exclusions.Keys];

    /// <summary>Agreement of this world's judge with the recorded judges' votes, by group and over all; empty where no episodes are recorded.</summary>
    public ImmutableArray<JudgeAgreement> CompareWithVotes() => RecordedVotes.Compare(_content);

    /// <summary>Loads a world from an archive.</summary>
    /// <param name="archive">Bytes of <see cref="RecordedArchive.Content"/>.</param>
    /// <param name="options">How the world is laid out.</param>
    /// <exception cref="RecordedWorldException">The archive is damaged or of another version.</exception>
    /// <exception cref="ArgumentException">An option is out of range or names an unknown group.</exception>
    public static RecordedWorld Load(ReadOnlyMemory<byte> archive, RecordedWorldOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var content = RecordedArchive.Unpack(archive);
        options.Validate(content.Tasks.Select(task => task.Group).ToHashSet(StringComparer.Ordinal));
        var hash = StableHash.Content($"{StableHash.Content(archive.Span)};{options.Describe()}");
        return new RecordedWorld($"recorded-{hash[..16]}", content, options);
    }

    /// <inheritdoc/>
    public TaskLabels Labels(AgentTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return _labels.TryGetValue(task.Id, out var labels) ? labels : new TaskLabels(Split.None, task.Id, "", 0, "");
    }

    /// <inheritdoc/>
    public bool TryDescribe(ApiKey api, [NotNullWhen(true)] out ApiDocumentation? documentation)
    {
        documentation = _apis.TryGetValue(api, out var known) ? known.Documentation : null;
        return documentation is not null;
    }

    /// <inheritdoc/>
    public bool TryDefine(ApiKey api, [NotNullWhen(true)] out ApiDefinition? definition)
    {
        definition = _apis.TryGetValue(api, out var known) ? known.Definition : null;
        return definition is not null;
    }

    /// <inheritdoc/>
    public ToolAnswer? Refuse(ToolCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return _apis.TryGetValue(call.Api, out var api) ? api.Check(call.Arguments) : Answer(call, 0);
    }

    /// <inheritdoc/>
    public ToolAnswer Answer(ToolCall call, int attempt)
    {
        ArgumentNullException.ThrowIfNull(call);
        return _apis.TryGetValue(call.Api, out var api)
            ? api.Answer(call.Arguments)
            : RecordedApi.Unknown(call.Api);
    }

    /// <inheritdoc/>
    public VirtualReply? Find(VirtualRequest request) => _replies.Find(request);

    /// <inheritdoc/>
    public bool Supplies(Episode episode, int step)
    {
        ArgumentNullException.ThrowIfNull(episode);
        return _references.Value.Supplies(episode, step);
    }

    private ImmutableArray<AgentTask> Offer(ArchiveContent content, ComponentSplit split, RecordedWorldOptions options)
    {
        HashSet<string> Relevant(Split side) =>
            content.Tasks.Where(task => split.Side(task) == side).SelectMany(task => task.Relevant).Select(Tool.Of).ToHashSet(StringComparer.Ordinal);

        var (ofTrain, ofTest) = (Relevant(Split.Train), Relevant(Split.Test));
        var sampler = new OfferSampler(content.Apis, options);
        HashSet<string> Barred(Split side) => side switch
        {
            Split.Train => ofTest,
            Split.Test => ofTrain,
            Split.Dev => [.. ofTrain, .. ofTest],
            _ => [],
        };

        var barred = Enum.GetValues<Split>().ToDictionary(side => side, Barred);
        return
        [
            .. content.Tasks.Where(task => !Exclusions.ContainsKey(task.Id)).Select(task => new AgentTask
            {
                Id = task.Id,
                Query = task.Query,
                Offered = sampler.Draw(task, barred[split.Side(task)]),
                MaxTurns = MaxTurns,
            }),
        ];
    }

    private string WhyUnsolvable(ArchivedTask task) =>
        task.Relevant.Length > MaxTurns - 1 ? $"it needs {task.Relevant.Length} APIs and its budget allows {MaxTurns - 1} calls"
        : task.Relevant.Where(api => _apis[api].CanOnlyFail).Select(api => $"every recorded answer of {api} is a failure").FirstOrDefault("");

    private HashSet<string> Told(AgentTask task) =>
        [.. Tokeniser.Terms(task.Query), .. task.Offered.SelectMany(api => ApiTerms.Of(_apis[api].Documentation))];

    private static Split Allowed(Split side, string group, RecordedWorldOptions options)
    {
        var allowed = side switch
        {
            Split.Train or Split.Dev => options.TrainGroups,
            Split.Test => options.TestGroups,
            _ => [],
        };
        return allowed.IsEmpty || allowed.Contains(group) ? side : Split.None;
    }
}
