using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.ExceptionServices;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Queue;

namespace StepTool.Grains.Runs;

/// <content>How rollouts come onto the queue.</content>
internal sealed partial class RunGrain
{
    // Rollouts of one run that are on the queue and not ended, at most: enough to keep many silos busy, few enough to leave room for other runs.
    private const int Window = 2048;

    // An activation that is only now clearing up behind an earlier attempt may take a resumed ordinal off the queue again.
    private static readonly TimeSpan OfferAgain = TimeSpan.FromSeconds(5);

    // A shard that cannot be read says so to nobody but who asks it.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    // A full shard takes what is left as soon as it has room.
    private static readonly TimeSpan OfferFull = TimeSpan.FromMilliseconds(100);
    private long? _offered;
    private long? _looked;

    public async Task<TasksAdded> AddTasksAsync(TaskBatch batch, CancellationToken cancellationToken)
    {
        if (State.Plan?.Serves is null || State.Phase != RunPhase.Running)
        {
            await _write.StoredAsync();
            var why = State.Plan is null ? "nothing was started under this id" : State.Plan.Serves is null ? "it has stages of its own" : $"it is {State.Phase}";
            throw new ArgumentException($"Run '{this.GetPrimaryKeyString()}' takes no tasks: {why}. Start a run that serves a policy.");
        }

        if (State.Chunks.FirstOrDefault(chunk => chunk.BatchId == batch.BatchId) is { } known)
        {
            await _write.StoredAsync();
            return new TasksAdded(known.First, known.Count);
        }

        TaskBatchRules.Check(batch, State.Plan.World, await _worlds.GetAsync(State.Plan.World, cancellationToken));
        var tasks = batch.OnlyNew ? await _tasks.NewAmongAsync(State.Chunks, batch.Tasks) : batch.Tasks;
        await SettleAsync();
        var first = Total(State);
        if (tasks.IsEmpty)
        {
            await _write.StoredAsync();
            return new TasksAdded(first, 0);
        }

        if (first - State.Completed.Count + tasks.Length > _options.MaxQueued)
        {
            throw new QueueFullException(string.Create(CultureInfo.InvariantCulture,
                $"{GrainsOptions.Section}:{nameof(GrainsOptions.MaxQueued)} is {_options.MaxQueued}; run '{this.GetPrimaryKeyString()}' has {first - State.Completed.Count} tasks that have not ended, which leaves no room for a batch of {tasks.Length}. None of it was taken: ")
                + $"send it again in {QueueFullException.RetryAfter.TotalSeconds:0} seconds, or raise the option on every silo.");
        }

        var blob = await _tasks.StoreAsync(tasks);
        _state.State = Woken(State) with { Chunks = State.Chunks.Add(new TaskChunk(batch.BatchId, first, tasks.Length, blob)) };
        if (!State.Progress.IsEmpty)
        {
            _state.State = State with { Progress = State.Progress.SetItem(0, State.Progress[0] with { Total = first + tasks.Length }) };
        }

        await _write.SaveAsync();
        await PokeAsync(cancellationToken);
        return new TasksAdded(first, tasks.Length);
    }

    // Stored with whatever is stored next.
    private async Task SettleAsync()
    {
        var before = State.Chunks;
        var (settled, count) = await _tasks.SettleAsync(before);
        if (count > 0 && State.Chunks.AsSpan().StartsWith(before.AsSpan(0, count)))
        {
            _state.State = State with { Chunks = [.. settled, .. State.Chunks.AsSpan()[count..]] };
        }
    }

    // Tasks of a standing run.
    private static long Total(RunState state) => state.Chunks is [.., var last] ? last.First + last.Count : 0;

    /// <summary>
    /// Offers again what was enqueued and has not ended, after each start, each failure and now and then: a shard whose record was put back from an older copy, or was
    /// damaged and deleted, lacks some of it, and one whose record is damaged must be told of. What is there already is not added twice.
    /// </summary>
    private async Task ReofferAsync(CancellationToken cancellationToken)
    {
        if (_looked is { } looked && _time.GetElapsedTime(looked) < (_reoffers ? OfferFull : LookAgain))
        {
            return;
        }

        (_reoffers, _looked) = (false, _time.GetTimestamp());
        var first = Math.Min(State.Completed.FirstMissing, State.Enqueued);
        var open = OrdinalSet.Empty.AddRange(first, State.Enqueued).Ordinals().Where(ordinal => !State.Completed.Contains(ordinal)).Select(ordinal => new EpisodeId(State.Plan!.Run, ordinal));
        var blocks = open.GroupBy(rollout => rollout.Ordinal / QueueShards.Block, (_, block) => block.ToImmutableArray()).ToArray();
        var taken = await Task.WhenAll(blocks.Select(block => Shard(block[0]).EnqueueAsync(block, cancellationToken)));
        _reoffers |= taken.Sum() < blocks.Sum(block => block.Length);
    }

    /// <summary>
    /// Enqueues up to an ordinal, as far as the window has room. What a full shard does not take is offered again with all that has not ended, so that it keeps nothing from the
    /// others. Enqueuing twice is harmless, so the position may lag behind.
    /// </summary>
    private async Task EnqueueAsync(long until, CancellationToken cancellationToken)
    {
        var end = Math.Min(until, State.Completed.Count + Window);
        if (State.Enqueued >= end)
        {
            return;
        }

        var from = State.Enqueued;
        Exception? damage = null;
        while (from < end)
        {
            var to = Math.Min(end, ((from / QueueShards.Block) + 1) * QueueShards.Block);
            var block = Block(from, to);
            try
            {
                _reoffers |= await Shard(block[0]).EnqueueAsync(block, cancellationToken) < block.Length;
            }
            catch (Exception exception) when (StorageException.IsDamage(exception))
            {
                damage = exception; // it is offered again until that shard can be had; the others are served meanwhile
            }

            from = to;
        }

        if (from > State.Enqueued)
        {
            _state.State = State with { Enqueued = from };
            _slots.Announce();
            await _write.SaveAsync();
        }

        if (damage is not null)
        {
            ExceptionDispatchInfo.Throw(damage);
        }
    }

    private async Task OfferResumedAsync(CancellationToken cancellationToken)
    {
        if (State.Resumed.IsEmpty || State.Phase is not (RunPhase.Running or RunPhase.Completed) || (_offered is { } offered && _time.GetElapsedTime(offered) < OfferAgain))
        {
            return;
        }

        var open = _stored.Resumed.Keys.Where(State.Resumed.ContainsKey).Select(ordinal => new EpisodeId(State.Plan!.Run, ordinal));
        await Task.WhenAll(open.GroupBy(Shard, (shard, rollouts) => shard.EnqueueAsync([.. rollouts], cancellationToken)).ToArray());
        _offered = _time.GetTimestamp();
        _slots.Announce();
    }

    private IRolloutQueueGrain Shard(EpisodeId rollout) => GrainFactory.GetGrain<IRolloutQueueGrain>(QueueShards.Key(QueueShards.Of(rollout, _options.QueueShards)));

    private ImmutableArray<EpisodeId> Block(long from, long to)
    {
        var block = ImmutableArray.CreateBuilder<EpisodeId>((int)(to - from));
        for (var ordinal = from; ordinal < to; ordinal++)
        {
            block.Add(new EpisodeId(State.Plan!.Run, ordinal));
        }

        return block.MoveToImmutable();
    }
}
