using System.Collections.Immutable;
using Orleans.Runtime;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Worlds;

/// <summary>What the index stores.</summary>
internal sealed record WorldIndexState
{
    /// <summary>References, the one imported last at the end.</summary>
    public ImmutableArray<string> Worlds { get; init; } = [];
}

[GrainType("world-index")]
internal sealed class WorldIndexGrain([PersistentState("world-index", StateStore.Name)] IPersistentState<WorldIndexState> state) : Grain, IWorldIndexGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!state.RecordExists)
        {
            state.State = new WorldIndexState();
        }

        return Task.CompletedTask;
    }

    public async Task NoteAsync(string world, CancellationToken cancellationToken)
    {
        var reference = WorldReference.Parse(world).ToString();
        var worlds = state.State.Worlds;
        if (worlds is [.., var last] && last == reference)
        {
            return;
        }

        await state.ReplaceAsync(new WorldIndexState { Worlds = worlds.Remove(reference).Add(reference) });
    }

    public Task<ImmutableArray<string>> WorldsAsync(CancellationToken cancellationToken) => Task.FromResult(state.State.Worlds);
}
