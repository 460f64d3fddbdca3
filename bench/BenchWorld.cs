using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Grains.Policies;
using StepTool.Grains.Worlds;

namespace StepTool.Bench;

/// <summary>
/// A world of safe APIs that do nothing, and a policy that calls what a task offers until one turn is left: all that is measured is the house. The calls
/// of a world of one API are equal, so that they may share answers; with several, each has arguments of its own.
/// </summary>
internal sealed class BenchWorld(int tasks, int turns, int apis = 1) : IWorld, IWorldCatalogue, IJudge, IPolicySource, IPolicy
{
    private const int MaxOffered = 4;
    private readonly FrozenDictionary<ApiKey, ApiDocumentation> _apis = Enumerable.Range(0, apis).Select(Document).ToFrozenDictionary(api => api.Key);
    private long _decisions;

    /// <summary>Decisions made in this process.</summary>
    internal long Decisions => Volatile.Read(ref _decisions);

    /// <summary>Completes when policies may decide.</summary>
    internal TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => "bench";

    public ImmutableArray<AgentTask> Tasks { get; } =
        [.. Enumerable.Range(0, tasks).Select(index => new AgentTask
        {
            Id = $"task-{index}",
            Query = $"Do nothing {turns} times.",
            Offered = [.. Enumerable.Range(index * MaxOffered, Math.Min(apis, MaxOffered)).Select(api => Document(api % apis).Key)],
            MaxTurns = turns,
        })];

    public int DefaultMaxTurns => turns;

    public IEnumerable<ApiKey> Apis => _apis.Keys;

    public IJudge Judge => this;

    public ImmutableArray<string> Excluded => [];

    public TaskLabels Labels(AgentTask task) => new(Split.Test, task.Id, "bench", 0, "");

    public bool TryDescribe(ApiKey api, [NotNullWhen(true)] out ApiDocumentation? documentation) => _apis.TryGetValue(api, out documentation);

    public ToolAnswer Answer(ToolCall call, int attempt) => new(ToolStatus.Ok, "", """{"done": true}""", Provenance.World);

    public bool Supplies(Episode episode, int step) => false;

    Judgement IJudge.Judge(Episode episode) => new(Verdict.Solved, true, 0, 0, 1);

    public ValueTask<IWorld> GetAsync(string reference, CancellationToken cancellationToken) => ValueTask.FromResult<IWorld>(this);

    public ValueTask<PinnedPolicy> GetAsync(PolicyReference reference, CancellationToken cancellationToken) => ValueTask.FromResult(new PinnedPolicy(this, null));

    public async ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken)
    {
        if (!Open.Task.IsCompleted)
        {
            await Open.Task.WaitAsync(cancellationToken);
        }

        Interlocked.Increment(ref _decisions);
        return new Decision(situation.TurnsLeft == 1 ? new Finish(Answer: "done") : new CallApi(Choose(situation.Apis, seed)), 0);
    }

    private static ToolCall Choose(ImmutableArray<ApiDocumentation> offered, ulong seed) =>
        new(offered[(int)(seed % (ulong)offered.Length)].Key, offered.Length == 1 ? CanonicalArguments.Empty : $$"""{"call":"{{seed}}"}""");

    private static ApiDocumentation Document(int index) =>
        new() { Key = new ApiKey("bench", "bench", $"no_op_{index}"), ToolName = "Bench", ApiName = $"No op {index}", Description = "Does nothing." };
}
