using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.Policies;
using StepTool.Grains.Queue;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Grains.Training;
using StepTool.Grains.Transitions;
using StepTool.Grains.Worlds;

namespace StepTool.Grains.Doctor;

/// <content>What records say of each other.</content>
public sealed partial class Examination
{
    private void CheckPolicy(string key, PolicyState policy)
    {
        var where = $"policy '{key}'";
        var consumed = OrdinalSet.Empty;
        for (var version = 0; version < policy.Versions.Length; version++)
        {
            var manifest = policy.Versions[version];
            Count("policy versions");
            if (manifest.Version != version || manifest.Parent != version - 1)
            {
                Fault(where, $"its version {version} calls itself {manifest.Version} with parent {manifest.Parent}; versions must form one chain.");
            }

            if (!manifest.IsRemoved)
            {
                Use(manifest.Description, $"{where}, description of version {version}");
                Use(manifest.Weights, $"{where}, weights of version {version}");
                Use(manifest.Learner, $"{where}, learner of version {version}");
            }

            var both = consumed.Union(manifest.Consumed);
            if (both.Count < consumed.Count + manifest.Consumed.Count)
            {
                Fault(where, $"version {version} learnt from ordinals that an earlier version had learnt from; each must be consumed once.");
            }

            consumed = both;
        }

        Count("ordinals consumed", consumed.Count);
        if (consumed != policy.Consumed)
        {
            Fault(where, $"it says that {policy.Consumed.Count} ordinals were consumed; its versions consumed {consumed.Count}.");
        }

        foreach (var promoted in policy.Promotions.Where(promoted => promoted < 0 || promoted >= policy.Versions.Length))
        {
            Fault(where, $"version {promoted} was promoted and is not there.");
        }

        foreach (var needed in policy.Promotions.Concat(policy.Pins.Values).Where(needed => policy.Versions.ElementAtOrDefault(needed) is { IsRemoved: true }).Distinct())
        {
            Fault(where, $"version {needed} is promoted or pinned, and was removed.");
        }
    }

    private async Task CheckLogAsync(string key, TransitionLogState log, CancellationToken cancellationToken)
    {
        var where = $"transition log '{key}'";
        var learnt = State<PolicyState>("policy", key)?.Consumed ?? OrdinalSet.Empty;
        if (!_broken.Contains($"policy/{key}") && !_broken.Contains($"trainer/{key}"))
        {
            var allowed = learnt.AddRange(0, State<TrainerState>("trainer", key)?.First ?? 0);
            if (allowed.Union(log.Consumed) != allowed)
            {
                Fault(where, "it has dropped ordinals that no published version consumed: they will not be learnt from.");
            }
        }

        foreach (var (ordinal, entry) in log.Entries)
        {
            if (entry.Ordinal != ordinal || log.Consumed.Contains(ordinal))
            {
                Fault(where, $"its entry {ordinal} calls itself {entry.Ordinal} or was dropped already.");
            }

            if (entry.Trajectory is { } trajectory)
            {
                await EpisodeAsync(trajectory, $"{where}, trajectory of ordinal {ordinal}", cancellationToken);
            }
        }
    }

    private async Task CheckRunAsync(string key, RunState run, CancellationToken cancellationToken)
    {
        var where = $"run '{key}'";
        if (run.Plan is not null)
        {
            UseWorld(run.Plan.World, where);
        }

        foreach (var chunk in run.Chunks)
        {
            if (await ReadAsync(chunk.Blob, ChunkedTasks.Chunks, $"{where}, tasks from {chunk.First}", cancellationToken) is { IsDefault: false } tasks && tasks.Length != chunk.Count)
            {
                Fault(where, $"its tasks from {chunk.First} on are {tasks.Length} instead of {chunk.Count}.");
            }
        }

        var (outcomes, segments) = (new List<RolloutOutcome>(), new List<string>());
        foreach (var index in run.Indices)
        {
            segments.AddRange(await ReadAsync(index, OutcomeLog.Indices, $"{where}, index of outcomes", cancellationToken) is { IsDefault: false } names ? names : []);
        }

        segments.AddRange(run.Segments);
        foreach (var segment in segments)
        {
            if (await ReadAsync(segment, OutcomeLog.Segments, $"{where}, outcomes", cancellationToken) is { IsDefault: false } read)
            {
                outcomes.AddRange(read);
            }
        }

        var isWhole = !segments.Concat(run.Indices).Any(_broken.Contains);
        outcomes.AddRange(run.Tail);
        var ended = new HashSet<(long Ordinal, int Resumed)>();
        foreach (var outcome in outcomes)
        {
            Count("episodes archived");
            if (!ended.Add((outcome.Ordinal, outcome.Resumed)) || !(run.Completed.Contains(outcome.Ordinal) || run.Resumed.ContainsKey(outcome.Ordinal)))
            {
                Fault(where, $"rollout {outcome.Ordinal} has two outcomes of one attempt, or one without having ended.");
            }

            if (await EpisodeAsync(outcome.Trajectory, $"{where}, trajectory of rollout {outcome.Ordinal}", cancellationToken) is { } episode && episode.Id != new EpisodeId(key, outcome.Ordinal))
            {
                Fault(where, $"the trajectory of rollout {outcome.Ordinal} is that of {episode.Id}.");
            }
        }

        var done = ended.Select(attempt => attempt.Ordinal).Distinct().Count(ordinal => !run.Resumed.ContainsKey(ordinal));
        if (isWhole && run.Progress.Sum(stage => stage.Done) != done)
        {
            Fault(where, $"its stages count {run.Progress.Sum(stage => stage.Done)} ended episodes; by its outcomes {done} have ended.");
        }
    }

    private void CheckTasks()
    {
        foreach (var (key, task) in All<TaskState>("task"))
        {
            if (task.Episode.Id.ToString() != key)
            {
                Fault($"task '{key}'", $"it holds episode {task.Episode.Id}.");
            }
            else if (State<RunState>("run", task.Episode.Id.Run) is not { } run)
            {
                OrphanOf(task.Episode.Id.Run, $"task '{key}'");
            }
            else if (run.Completed.Contains(task.Episode.Id.Ordinal) || (run.Phase != RunPhase.Running && !run.Resumed.ContainsKey(task.Episode.Id.Ordinal)))
            {
                Count("orphans: tasks");
            }
            else
            {
                Count("episodes open");
            }
        }
    }

    private void CheckQueue()
    {
        foreach (var (key, shard) in All<QueueState>("rollout-queue"))
        {
            foreach (var (id, ordinals) in shard.Runs)
            {
                Count("rollouts queued", ordinals.Count);
                if (State<RunState>("run", id) is null)
                {
                    OrphanOf(id, $"shard {key} of the queue");
                }
            }
        }
    }

    private void OrphanOf(string run, string where)
    {
        if (_broken.Contains($"run/{run}"))
        {
            return; // said already
        }

        Count("orphans: rollouts");
        Note(where, $"belongs to run '{run}', which is not there; whoever takes it drops it.");
    }

    private void CountOrphans()
    {
        foreach (var (key, index) in All<WorldIndexState>("world-index"))
        {
            index.Worlds.ToList().ForEach(world => UseWorld(world, $"world index '{key}'"));
        }

        foreach (var (key, index) in All<CatalogueIndexState>("catalogue-index"))
        {
            index.Names.ToList().ForEach(name => UseWorld(name.World, $"catalogue '{name.Name}'"));
        }

        foreach (var (hash, bytes) in _blobs.Where(blob => !_used.Contains(blob.Key)))
        {
            Count("orphans: blobs");
            Count("orphans: blob bytes", bytes);
        }
    }

    private void UseWorld(string world, string where)
    {
        if (world.Split(':') is ["recorded" or "catalogue", .., { Length: 64 } archive])
        {
            Use(archive, $"{where}, world {world}");
        }
    }
}
