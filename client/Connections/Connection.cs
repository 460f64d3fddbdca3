using StepTool.Client.CommandLine;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Worlds;

namespace StepTool.Client.Connections;

/// <summary>Grains, blobs and worlds, wherever they are.</summary>
internal sealed class Connection(IClusterClient grains, IBlobStore blobs, IWorldCatalogue worlds, Uri? silo, Terminal terminal, Func<ValueTask> close) : IAsyncDisposable
{
    private static readonly TimeSpan SaidAgainAfter = TimeSpan.FromMinutes(1);
    private long? _saidFull;

    /// <summary>Calls grains.</summary>
    public IGrainFactory Grains => grains;

    /// <summary>Reads and writes blobs.</summary>
    public IBlobStore Blobs => blobs;

    /// <summary>Loads worlds, in this process.</summary>
    public IWorldCatalogue Worlds => worlds;

    /// <summary>The silo's URL; null where the silo is in this process.</summary>
    public Uri? Silo => silo;

    /// <summary>Which runs there are.</summary>
    public IRunIndexGrain Index => Grains.GetGrain<IRunIndexGrain>(IRunIndexGrain.Key);

    /// <summary>Which catalogues have names.</summary>
    public ICatalogueIndexGrain Catalogues => Grains.GetGrain<ICatalogueIndexGrain>(ICatalogueIndexGrain.Key);

    /// <summary>What the cluster has to do and who does it.</summary>
    public IClusterLoadGrain Load => Grains.GetGrain<IClusterLoadGrain>(IClusterLoadGrain.Key);

    /// <summary>A run.</summary>
    public IRunGrain Run(string id) => Grains.GetGrain<IRunGrain>(id);

    /// <summary>A policy.</summary>
    public IPolicyGrain Policy(string name) => Grains.GetGrain<IPolicyGrain>(name);

    /// <summary>Makes a call that is refused while the house is full, as often as it takes; says that it waits, at most once a minute.</summary>
    public async Task<T> WhenThereIsRoomAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await call();
            }
            catch (QueueFullException exception)
            {
                if (_saidFull is not { } said || TimeProvider.System.GetElapsedTime(said) > SaidAgainAfter)
                {
                    _saidFull = TimeProvider.System.GetTimestamp();
                    terminal.Complain($"{exception.Message} Waiting for room; Ctrl-C ends the wait.");
                }
            }

            await Task.Delay(QueueFullException.RetryAfter, cancellationToken);
        }
    }

    /// <summary>Leaves; a silo in this process drains between two steps and ends.</summary>
    public ValueTask DisposeAsync() => close();
}
