using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.State;

namespace StepTool.Grains.Runs;

/// <summary>What the index stores.</summary>
internal sealed record RunIndexState
{
    /// <summary>Entries, oldest first.</summary>
    public ImmutableArray<RunEntry> Entries { get; init; } = [];
}

[GrainType("run-index")]
internal sealed class RunIndexGrain(
    [PersistentState("run-index", StateStore.Name)] IPersistentState<RunIndexState> state, TimeProvider time, IOptions<GrainsOptions> options) : Grain, IRunIndexGrain
{
    // From its admission to its note a run is in nobody's record.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, long> _admitted = new(StringComparer.Ordinal);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!state.RecordExists)
        {
            state.State = new RunIndexState();
        }

        return Task.CompletedTask;
    }

    public Task AdmitAsync(string run, CancellationToken cancellationToken)
    {
        foreach (var (other, since) in _admitted)
        {
            if (time.GetElapsedTime(since) >= Longest)
            {
                _admitted.Remove(other);
            }
        }

        var underWay = state.State.Entries.Where(entry => entry.IsActive).Select(entry => entry.Run).Concat(_admitted.Keys).ToHashSet(StringComparer.Ordinal);
        if (!underWay.Contains(run) && underWay.Count >= options.Value.MaxRuns)
        {
            throw new QueueFullException(
                $"{GrainsOptions.Section}:{nameof(GrainsOptions.MaxRuns)} is {options.Value.MaxRuns}, and as many runs are under way; run '{run}' was not started. "
                + $"Start it again in {QueueFullException.RetryAfter.TotalSeconds:0} seconds, cancel one of them (steptool runs list, steptool runs cancel ID), or raise the option on every silo.");
        }

        _admitted[run] = time.GetTimestamp();
        return Task.CompletedTask;
    }

    public async Task NoteAsync(RunEntry entry, CancellationToken cancellationToken)
    {
        var entries = state.State.Entries;
        var known = entries.FirstOrDefault(other => other.Run == entry.Run);
        if (known?.IsActive != entry.IsActive)
        {
            await state.ReplaceAsync(new RunIndexState { Entries = known is null ? entries.Add(entry) : entries.Replace(known, entry) });
        }

        _admitted.Remove(entry.Run);
    }

    public Task<ImmutableArray<RunEntry>> RunsAsync(CancellationToken cancellationToken) => Task.FromResult(state.State.Entries);
}
