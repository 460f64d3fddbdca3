using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Recorded;
using StepTool.Grains.Contracts;
using StepTool.Grains.Worlds;

namespace StepTool.Silo.Virtual;

/// <summary>
/// Which world <c>/virtual</c> answers from, loaded on this silo. The index of imported worlds is asked every few seconds while requests come, never by a
/// request that has a world already.
/// </summary>
internal sealed class VirtualWorlds(IWorldCatalogue worlds, IGrainFactory grains, TimeProvider time, IOptions<VirtualOptions> options)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private volatile Index? _index;
    private Task<Index>? _refresh;

    /// <summary>Ends when what is being asked of the index is known.</summary>
    internal Task Refreshing => _refresh ?? Task.CompletedTask;

    /// <summary>The world that the silo was given or that was imported last; null where there is none.</summary>
    public async ValueTask<ServedWorld?> CurrentAsync(CancellationToken cancellationToken) =>
        (await IndexAsync(static index => index.Current is not null, cancellationToken)).Current;

    /// <summary>An imported world by its reference; null where none of that reference was imported.</summary>
    public async ValueTask<ServedWorld?> FindAsync(string reference, CancellationToken cancellationToken)
    {
        var index = await IndexAsync(index => index.Knows(reference), cancellationToken);
        return index.Current?.Reference == reference ? index.Current
            : index.Knows(reference) ? await LoadAsync(reference, cancellationToken)
            : null;
    }

    // An index that is a little old does while a newer one is asked for, where it knows what is needed.
    private ValueTask<Index> IndexAsync(Func<Index, bool> suffices, CancellationToken cancellationToken)
    {
        var index = _index;
        if (index is not null && (time.GetUtcNow() - index.At).Duration() < Freshness)
        {
            return ValueTask.FromResult(index);
        }

        var refresh = Refresh();
        return index is not null && suffices(index) ? ValueTask.FromResult(index) : new ValueTask<Index>(refresh.WaitAsync(cancellationToken));
    }

    // One at a time.
    private Task<Index> Refresh()
    {
        lock (_gate)
        {
            return _refresh is { IsCompleted: false } running ? running : _refresh = Task.Run(RefreshAsync);
        }
    }

    private async Task<Index> RefreshAsync()
    {
        var imported = await grains.GetGrain<IWorldIndexGrain>(IWorldIndexGrain.Key).WorldsAsync();
        var reference = options.Value.World is { Length: > 0 } given ? given : imported.LastOrDefault();
        var current = reference is null ? null : await LoadAsync(reference, default);
        return _index = new Index(time.GetUtcNow(), imported, current);
    }

    private async Task<ServedWorld> LoadAsync(string reference, CancellationToken cancellationToken)
    {
        var world = await worlds.GetAsync(reference, cancellationToken);
        return new ServedWorld(reference, world, world as IRecordedReplies);
    }

    private sealed record Index(DateTimeOffset At, ImmutableArray<string> Imported, ServedWorld? Current)
    {
        public bool Knows(string reference) => Current?.Reference == reference || Imported.Contains(reference);
    }
}

/// <summary>A world that <c>/virtual</c> answers from.</summary>
/// <param name="Reference">Its reference.</param>
/// <param name="World">The world.</param>
/// <param name="Replies">Its recorded answers, where it has some.</param>
internal sealed record ServedWorld(string Reference, IWorld World, IRecordedReplies? Replies);
