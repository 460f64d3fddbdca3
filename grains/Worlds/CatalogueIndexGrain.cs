using System.Collections.Immutable;
using Orleans.Runtime;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Worlds;

/// <summary>What the index stores.</summary>
internal sealed record CatalogueIndexState
{
    /// <summary>Names in alphabetical order.</summary>
    public ImmutableArray<CatalogueName> Names { get; init; } = [];
}

[GrainType("catalogue-index")]
internal sealed class CatalogueIndexGrain([PersistentState("catalogue-index", StateStore.Name)] IPersistentState<CatalogueIndexState> state) : Grain, ICatalogueIndexGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!state.RecordExists)
        {
            state.State = new CatalogueIndexState();
        }

        return Task.CompletedTask;
    }

    public async Task NameAsync(CatalogueName name, CancellationToken cancellationToken)
    {
        if (!CatalogueName.IsName(name.Name))
        {
            throw new ArgumentException($"A catalogue's name is '{name.Name}'; it must be 1 to 64 lower-case letters, digits, '-' and '_', a letter first. Choose another.");
        }

        if (WorldReference.Parse(name.World) is not CatalogueReference)
        {
            throw new ArgumentException($"'{name.World}' is no catalogue; a name stands for a reference such as catalogue:HASH, which 'steptool tools import' prints.");
        }

        if (!state.State.Names.Contains(name))
        {
            await state.ReplaceAsync(new CatalogueIndexState { Names = [.. state.State.Names.Where(other => other.Name != name.Name).Append(name).OrderBy(one => one.Name, StringComparer.Ordinal)] });
        }
    }

    public Task<ImmutableArray<CatalogueName>> NamesAsync(CancellationToken cancellationToken) => Task.FromResult(state.State.Names);
}
