using System.Collections.Concurrent;
using StepTool.Core.Storage;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Core.Worlds.Recorded;

namespace StepTool.Grains.Worlds;

/// <summary>Loads worlds once and keeps those of late: few are at work at a time.</summary>
public sealed class WorldCatalogue(IBlobStore blobs) : IWorldCatalogue
{
    private const int MaxWorlds = 16;
    private readonly ConcurrentDictionary<string, Lazy<Task<IWorld>>> _worlds = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<IWorld> GetAsync(string reference, CancellationToken cancellationToken)
    {
        if (_worlds.Count > MaxWorlds)
        {
            _worlds.Clear(); // whoever is at work in one has it in hand or loads it again
        }

        var loading = _worlds.GetOrAdd(reference, text => new Lazy<Task<IWorld>>(() => Task.Run(() => LoadAsync(WorldReference.Parse(text))))).Value;
        return loading.IsCompletedSuccessfully ? ValueTask.FromResult(loading.Result) : WaitAsync(reference, loading, cancellationToken);
    }

    private async ValueTask<IWorld> WaitAsync(string reference, Task<IWorld> loading, CancellationToken cancellationToken)
    {
        try
        {
            return await loading.WaitAsync(cancellationToken);
        }
        catch when (loading.IsFaulted)
        {
            _worlds.TryRemove(reference, out _); // the next one to ask tries again
            throw;
        }
    }

    private async Task<IWorld> LoadAsync(WorldReference reference) => reference switch
    {
        BuiltInReference builtIn => BuiltInWorld.Create(new BuiltInWorldOptions { Seed = builtIn.Seed }),
        RecordedReference recorded => RecordedWorld.Load(
            await blobs.GetAsync(recorded.Archive, default), new RecordedWorldOptions { Seed = recorded.Seed, Distractors = recorded.Distractors }),
        CatalogueReference catalogue => CatalogueWorld.Load(await blobs.GetAsync(catalogue.Archive, default)),
        _ => throw new ArgumentException($"World '{reference}' is of no known kind."),
    };
}
