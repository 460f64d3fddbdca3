using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Worlds;

namespace StepTool.Client.Connections;

/// <summary>Grains, blobs and worlds, wherever they are.</summary>
internal sealed class Connection(IClusterClient grains, IBlobStore blobs, IWorldCatalogue worlds, Uri? silo, Func<ValueTask> close) : IAsyncDisposable
{
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

    /// <summary>Leaves; a silo in this process drains between two steps and ends.</summary>
    public ValueTask DisposeAsync() => close();
}
