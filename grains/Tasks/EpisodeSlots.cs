using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StepTool.Core.Episodes;
using StepTool.Grains.Hosting;

namespace StepTool.Grains.Tasks;

/// <summary>The episodes in flight on this silo. One a silo; safe for concurrent use.</summary>
public sealed class EpisodeSlots(IOptions<GrainsOptions> options, SiloName silo)
{
    private readonly ConcurrentDictionary<EpisodeId, byte> _held = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Name of this silo.</summary>
    public string Silo => silo.Name;

    /// <summary>Episodes in flight.</summary>
    public int Held => _held.Count;

    /// <summary>Episodes in flight at most.</summary>
    public int Capacity => options.Value.MaxEpisodes;

    /// <summary>Slots nobody holds; never negative.</summary>
    public int Free => Math.Max(0, Capacity - _held.Count);

    /// <summary>The episodes in flight.</summary>
    public ICollection<EpisodeId> Episodes => _held.Keys;

    /// <summary>Completes when a slot was freed or work was announced after this was read.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Takes a slot for an episode; a second time changes nothing.</summary>
    public void Enter(EpisodeId episode) => _held.TryAdd(episode, 0);

    /// <summary>Frees the episode's slot.</summary>
    public void Exit(EpisodeId episode)
    {
        if (_held.TryRemove(episode, out _))
        {
            Announce();
        }
    }

    /// <summary>Wakes the pump: there may be work.</summary>
    public void Announce() => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
