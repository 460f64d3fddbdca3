using System.Collections.Immutable;
using Orleans.Runtime;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Runs;

/// <summary>What the index stores.</summary>
internal sealed record RunIndexState
{
    /// <summary>Entries, oldest first.</summary>
    public ImmutableArray<RunEntry> Entries { get; init; } = [];
}

[GrainType("run-index")]
internal sealed class RunIndexGrain([PersistentState("run-index", StateStore.Name)] IPersistentState<RunIndexState> state) : Grain, IRunIndexGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!state.RecordExists)
        {
            state.State = new RunIndexState();
        }

        return Task.CompletedTask;
    }

    public async Task NoteAsync(RunEntry entry, CancellationToken cancellationToken)
    {
        var entries = state.State.Entries;
        var known = entries.FirstOrDefault(other => other.Run == entry.Run);
        if (known is not null && known.IsActive == entry.IsActive)
        {
            return;
        }

        await state.ReplaceAsync(new RunIndexState { Entries = known is null ? entries.Add(entry) : entries.Replace(known, entry) });
    }

    public Task<ImmutableArray<RunEntry>> RunsAsync(CancellationToken cancellationToken) => Task.FromResult(state.State.Entries);
}
