using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StepTool.Core.Episodes;
using StepTool.Grains.Hosting;

namespace StepTool.Grains.Tasks;

/// <summary>The episodes in flight on this silo. One a silo; safe for concurrent use.</summary>
public sealed class EpisodeSlots(IOptions<GrainsOptions> options, SiloName silo)
{
    private readonly ConcurrentDictionary<EpisodeId, byte> _held = new();
    private readonly ConcurrentDictionary<EpisodeId, byte> _spared = new();
    private readonly ConcurrentDictionary<EpisodeId, string> _obstacles = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Name of this silo.</summary>
    public string Silo => silo.Name;

    /// <summary>Episodes that hold a slot.</summary>
    public int Held => _held.Count;

    /// <summary>Slots of this silo.</summary>
    public int Capacity => options.Value.MaxEpisodes;

    /// <summary>Slots nobody holds; never negative.</summary>
    public int Free => Math.Max(0, Capacity - _held.Count);

    /// <summary>The episodes in flight, with a slot or without.</summary>
    public IEnumerable<EpisodeId> Episodes => _held.Keys.Concat(_spared.Keys);

    /// <summary>Completes when a slot was freed or work was announced after this was read.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Takes a slot for an episode; one that holds or spared its own is left as it is.</summary>
    public void Enter(EpisodeId episode)
    {
        if (!_spared.ContainsKey(episode))
        {
            _held.TryAdd(episode, 0);
        }
    }

    /// <summary>Gives the slot of an episode that waits to another. False, and nothing changed, while as many wait already as may.</summary>
    public bool Spare(EpisodeId episode)
    {
        if (_spared.Count >= options.Value.MaxWaiting)
        {
            return false;
        }

        _spared[episode] = 0;
        Release(episode);
        return true;
    }

    /// <summary>Takes a slot for an episode that waits no longer, at once: for that moment there may be more than <see cref="Capacity"/>.</summary>
    public void Resume(EpisodeId episode)
    {
        if (_spared.TryRemove(episode, out _))
        {
            _held.TryAdd(episode, 0);
        }
    }

    /// <summary>Notes what keeps an episode from its next step.</summary>
    public void Hinder(EpisodeId episode, string obstacle) => _obstacles[episode] = obstacle;

    /// <summary>Nothing keeps the episode from its next step any more.</summary>
    public void Unhinder(EpisodeId episode) => _obstacles.TryRemove(episode, out _);

    /// <summary>What keeps the first of a run's episodes here from its next step; empty where all go on.</summary>
    public string ObstacleOf(string run) => _obstacles.Where(hindered => hindered.Key.Run == run).OrderBy(hindered => hindered.Key.Ordinal).Select(hindered => hindered.Value).FirstOrDefault("");

    /// <summary>The episode is in flight no more.</summary>
    public void Exit(EpisodeId episode)
    {
        _spared.TryRemove(episode, out _);
        Release(episode);
    }

    /// <summary>Wakes the pump: there may be work.</summary>
    public void Announce() => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private void Release(EpisodeId episode)
    {
        if (_held.TryRemove(episode, out _))
        {
            Announce();
        }
    }
}
