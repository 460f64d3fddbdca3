using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.State;

namespace StepTool.Grains.Queue;

[GrainType("rollout-queue")]
internal sealed class RolloutQueueGrain : Grain, IRolloutQueueGrain
{
    private readonly IPersistentState<QueueState> _state;
    private readonly ISiloView _silos;
    private readonly TimeProvider _time;
    private readonly GrainsOptions _options;
    private readonly SharedWrite _write;
    private readonly Dictionary<EpisodeId, Lease> _leases = [];
    private readonly Queue<EpisodeId> _waiting = [];
    private readonly HashSet<EpisodeId> _incomplete = [];
    private DateTimeOffset _nextExpiry = DateTimeOffset.MaxValue;
    private long _version;

    public RolloutQueueGrain(
        [PersistentState("rollout-queue", StateStore.Name)] IPersistentState<QueueState> state, ISiloView silos, TimeProvider time, IOptions<GrainsOptions> options)
    {
        (_state, _silos, _time, _options) = (state, silos, new SteadyTime(time), options.Value);
        _write = new SharedWrite(() => _state.WriteStateAsync(), time);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!_state.RecordExists)
        {
            _state.State = QueueState.Empty;
        }

        foreach (var (run, ordinals) in _state.State.Runs)
        {
            foreach (var ordinal in ordinals.Ordinals())
            {
                _incomplete.Add(new EpisodeId(run, ordinal));
                _waiting.Enqueue(new EpisodeId(run, ordinal));
            }
        }

        return Task.CompletedTask;
    }

    public async Task<int> EnqueueAsync(ImmutableArray<EpisodeId> rollouts, CancellationToken cancellationToken)
    {
        var taken = 0;
        var added = false;
        foreach (var rollout in rollouts)
        {
            if (!_incomplete.Contains(rollout))
            {
                if (_incomplete.Count >= IRolloutQueueGrain.Capacity)
                {
                    break;
                }

                _incomplete.Add(rollout);
                _waiting.Enqueue(rollout);
                Change(rollout, static (ordinals, ordinal) => ordinals.Add(ordinal));
                added = true;
            }

            taken++;
        }

        // One that was there already may still wait for its write, or have lost it.
        await (added ? _write.SaveAsync() : _write.StoredAsync());
        return taken;
    }

    public Task<ImmutableArray<EpisodeId>> TakeAsync(string silo, int count, CancellationToken cancellationToken)
    {
        if (_silos.HasLeft(silo))
        {
            return Task.FromResult(ImmutableArray<EpisodeId>.Empty); // it was cut off and does not know it yet
        }

        var now = _time.GetUtcNow();
        Expire(now);
        var share = ((_incomplete.Count - _leases.Count) + _silos.Members.Length - 1) / Math.Max(1, _silos.Members.Length);
        var most = Math.Min(count, Math.Max(1, share)); // the first to ask leaves the others something; what they leave is taken the next time
        var taken = ImmutableArray.CreateBuilder<EpisodeId>();
        while (taken.Count < most && _waiting.TryDequeue(out var rollout))
        {
            if (_incomplete.Contains(rollout) && !_leases.ContainsKey(rollout))
            {
                Hold(rollout, silo, now);
                taken.Add(rollout);
            }
        }

        return Task.FromResult(taken.ToImmutable());
    }

    public Task RenewAsync(string silo, ImmutableArray<EpisodeId> rollouts, CancellationToken cancellationToken)
    {
        foreach (var rollout in rollouts)
        {
            // A lease lost with the shard's memory is taken up again; one that another silo holds meanwhile stays there.
            if (_incomplete.Contains(rollout) && (!_leases.TryGetValue(rollout, out var lease) || lease.Silo == silo) && !_silos.HasLeft(silo))
            {
                Hold(rollout, silo, _time.GetUtcNow());
            }
        }

        return Task.CompletedTask;
    }

    public Task ReleaseAsync(string silo, EpisodeId rollout, string heir, CancellationToken cancellationToken)
    {
        if (_leases.TryGetValue(rollout, out var lease) && lease.Silo == silo)
        {
            if (heir.Length > 0 && !_silos.HasLeft(heir))
            {
                Hold(rollout, heir, _time.GetUtcNow());
            }
            else
            {
                Offer(rollout);
            }
        }

        return Task.CompletedTask;
    }

    public async Task CompleteAsync(EpisodeId rollout, CancellationToken cancellationToken)
    {
        _leases.Remove(rollout);
        if (_incomplete.Remove(rollout))
        {
            Change(rollout, static (ordinals, ordinal) => ordinals.Remove(ordinal));
            await _write.SaveAsync();
        }
        else
        {
            await _write.StoredAsync();
        }
    }

    public Task<QueueDepth> DepthAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new QueueDepth(_incomplete.Count - _leases.Count, _leases.Count));

    private void Hold(EpisodeId rollout, string silo, DateTimeOffset now)
    {
        var until = now + _options.Lease;
        _leases[rollout] = new Lease(silo, until);
        _nextExpiry = until < _nextExpiry ? until : _nextExpiry;
    }

    private void Offer(EpisodeId rollout)
    {
        _leases.Remove(rollout);
        _waiting.Enqueue(rollout);
    }

    /// <summary>Ends leases whose time is over, and those of silos that have left.</summary>
    private void Expire(DateTimeOffset now)
    {
        var version = _silos.Version;
        if (now < _nextExpiry && version == _version)
        {
            return;
        }

        foreach (var (rollout, _) in _leases.Where(lease => lease.Value.Until <= now || _silos.HasLeft(lease.Value.Silo)).ToArray())
        {
            Offer(rollout);
        }

        _version = version;
        _nextExpiry = _leases.Count == 0 ? DateTimeOffset.MaxValue : _leases.Values.Min(lease => lease.Until);
    }

    private void Change(EpisodeId rollout, Func<OrdinalSet, long, OrdinalSet> change)
    {
        var runs = _state.State.Runs;
        var changed = change(runs.GetValueOrDefault(rollout.Run, OrdinalSet.Empty), rollout.Ordinal);
        _state.State = _state.State with { Runs = changed.Bounds.IsEmpty ? runs.Remove(rollout.Run) : runs.SetItem(rollout.Run, changed) };
    }

    private readonly record struct Lease(string Silo, DateTimeOffset Until);
}
