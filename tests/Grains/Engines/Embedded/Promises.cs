using System.Collections.Immutable;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Grains.Queue;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Grains.Transitions;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <summary>What is promised whoever dies and whatever is asked for: looked at after each write and each call, and at the end.</summary>
internal sealed class Promises(Ground ground, RunPlan plan)
{
    private readonly Dictionary<string, TaskState> _tasks = [];
    private readonly SortedDictionary<string, RunPromises> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (TaskBatch Batch, TasksAdded Added)> _batches = [];

    /// <summary>Those about the policy.</summary>
    public PolicyPromises Policy { get; } = new(plan);

    /// <summary>Episodes that ended.</summary>
    public long Episodes => _runs.Values.Sum(run => run.Episodes);

    /// <summary>Episodes that ended since the outcome of a call is unknown.</summary>
    public int Unknown => _runs.Values.Sum(run => run.Unknown);

    /// <summary>Episodes that went on behind a fault.</summary>
    public int Resumed => _runs.Values.Sum(run => run.Resumed);

    /// <summary>Whether all runs have come to their end, and standing ones have no task left.</summary>
    public bool AreDone => _runs.Values.All(run => run.IsDone);

    /// <summary>Whether nothing is left, on the queue nor of tasks, and what has ended is known to have ended.</summary>
    public bool NothingIsLeft => ground.Store.Keys("task").Length == 0 && ground.Store.Read<RunIndexState>("run-index", IRunIndexGrain.Key)!.Entries.All(entry => entry.IsActive == Of(entry.Run).Phase is RunPhase.Running)
        && ground.Store.Keys("rollout-queue").All(shard => ground.Store.Read<QueueState>("rollout-queue", shard)!.Runs.IsEmpty);

    /// <summary>What is not at its end yet, for a message.</summary>
    public string Open => string.Join("; ", [
        .. _runs.Select(run => $"{run.Key} {run.Value}"),
        $"task records [{string.Join(", ", ground.Store.Keys("task"))}]",
        .. ground.Store.Read<RunIndexState>("run-index", IRunIndexGrain.Key)?.Entries.Select(entry => $"index: {entry.Run} {(entry.IsActive ? "active" : "ended")}") ?? [],
        .. ground.Store.Keys("rollout-queue").Select(shard => $"shard {shard} {string.Join(", ", ground.Store.Read<QueueState>("rollout-queue", shard)!.Runs.Select(run => $"{run.Key} {string.Join('-', run.Value.Bounds)}"))}")]);

    /// <summary>What a run has stored.</summary>
    public RunState Of(string run) => _runs.TryGetValue(run, out var known) ? known.State : new RunState();

    /// <summary>A state was stored, or cleared where it is null.</summary>
    public void Stored(string key, object? state)
    {
        switch (state)
        {
            case null:
                _tasks.Remove(key);
                break;
            case TaskState task:
                GoesOn(_tasks.GetValueOrDefault(key), task);
                _tasks[key] = task;
                break;
            case RunState { Plan: not null } run:
                if (!_runs.TryGetValue(key, out var known))
                {
                    _runs[key] = known = new RunPromises(ground);
                }

                known.Stored(run, _tasks.Values.Select(task => task.Episode).Where(episode => episode.Id.Run == key && episode.Pending is not null));
                break;
            case TransitionLogState log:
                Policy.Logged(log);
                break;
            case PolicyState policy:
                Policy.Stored(policy);
                break;
        }
    }

    /// <summary>A call was sent.</summary>
    public void Sent(ToolRequest request)
    {
        if (request.Call.Api == TinyWorld.Order)
        {
            Assert.True(ground.Tools.Changed[request.CallId] == 1, $"Call {request.CallId} changes something and was sent {ground.Tools.Changed[request.CallId]} times.");
            _runs[request.CallId.Split('/')[0]].Sent(request.CallId);
        }
    }

    /// <summary>A batch was answered: however often, the same.</summary>
    public void Added(TaskBatch batch, TasksAdded added)
    {
        if (added.Added > 0)
        {
            Assert.Equal(added, _batches.TryAdd(batch.BatchId, (batch, added)) ? added : _batches[batch.BatchId].Added);
        }
    }

    /// <summary>All is over.</summary>
    public void Kept(Func<string, ImmutableArray<RolloutOutcome>> outcomes, Func<string, RunStatus> status)
    {
        foreach (var (run, promises) in _runs)
        {
            promises.Kept(outcomes(run), status(run));
        }

        if (Of(plan.Run).Phase is RunPhase.Completed)
        {
            Policy.Kept(Of(plan.Run), outcomes(plan.Run).ToLookup(outcome => outcome.Ordinal, outcome => (outcome.Resumed, _runs[plan.Run].Learnt(outcome))));
        }

        Policy.KeptBlobs(ground.Blobs);
        var tasks = outcomes("queue").DistinctBy(outcome => outcome.Ordinal).ToDictionary(outcome => outcome.Ordinal, outcome => outcome.Result.Task);
        foreach (var (batch, added) in _batches.Values)
        {
            var played = Enumerable.Range(0, added.Added).Select(index => tasks.GetValueOrDefault(added.FirstOrdinal + index)).ToArray();
            var sent = batch.Tasks.Select(task => task.Id).ToArray();
            if (Of("queue").Phase is RunPhase.Running)
            {
                Assert.Equal(batch.OnlyNew ? sent.Intersect(played) : sent, played);
                Assert.True(!batch.OnlyNew || !tasks.Any(task => task.Key < added.FirstOrdinal && played.Contains(task.Value)), $"{batch.BatchId} was to bring what is new alone.");
            }
        }
    }

    private static void GoesOn(TaskState? before, TaskState after)
    {
        if (before is not null && before.Resumed == after.Resumed)
        {
            Assert.Equal(Calls(before), Calls(after).Take(before.Episode.Steps.Length));
            Assert.True(after.Episode.Steps.Length <= before.Episode.Steps.Length + 1, "An episode goes one step at a time.");
        }
    }

    private static IEnumerable<ToolCall?> Calls(TaskState task) => task.Episode.Steps.Select(step => step.Call);
}
