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

/// <summary>A world of one safe API that does nothing, and a policy that calls it until one turn is left: all that is measured is the house.</summary>
internal sealed class BenchWorld(int tasks, int turns) : IWorld, IWorldCatalogue, IJudge, IPolicySource, IPolicy
{
    private static readonly ApiDocumentation NoOp = new() { Key = new ApiKey("bench", "bench", "no_op"), ToolName = "Bench", ApiName = "No op", Description = "Does nothing." };

    /// <summary>Completes when policies may decide.</summary>
    internal TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => "bench";

    public ImmutableArray<AgentTask> Tasks { get; } =
        [.. Enumerable.Range(0, tasks).Select(index => new AgentTask { Id = $"task-{index}", Query = $"Do nothing {turns} times.", Offered = [NoOp.Key], MaxTurns = turns })];

    public int DefaultMaxTurns => turns;

    public IEnumerable<ApiKey> Apis => [NoOp.Key];

    public IJudge Judge => this;

    public ImmutableArray<string> Excluded => [];

    public TaskLabels Labels(AgentTask task) => new(Split.Test, task.Id, "bench", 0, "");

    public bool TryDescribe(ApiKey api, [NotNullWhen(true)] out ApiDocumentation? documentation) => (documentation = api == NoOp.Key ? NoOp : null) is not null;

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

        AgentAction action = situation.TurnsLeft == 1 ? new Finish(Answer: "done") : new CallApi(new ToolCall(NoOp.Key, CanonicalArguments.Empty));
        return new Decision(action, 0);
    }
}
