using System.Collections.Immutable;
using Orleans.Runtime;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Policies;

[GrainType("policy")]
internal sealed class PolicyGrain([PersistentState("policy", StateStore.Name)] IPersistentState<PolicyState> state, IBlobEraser blobs) : Grain, IPolicyGrain
{
    private const int KeptStages = 64; // a stage repeats its word at once or after a crash, not after so many others
    private PolicyState _stored = PolicyState.Empty;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!state.RecordExists)
        {
            state.State = PolicyState.Empty;
        }

        _stored = state.State;
        return Task.CompletedTask;
    }

    public async Task<PolicyHead> PublishAsync(PolicyManifest manifest, CancellationToken cancellationToken)
    {
        var versions = state.State.Versions;
        var latest = versions.Length - 1;
        if (manifest.Parent == latest && manifest.Version == latest + 1)
        {
            await SaveAsync(state.State with { Versions = versions.Add(manifest), Consumed = state.State.Consumed.Union(manifest.Consumed) });
        }

        return state.State.Head
            ?? throw new ArgumentException($"Policy '{this.GetPrimaryKeyString()}' has no versions; its first has version 0 and parent -1, not {manifest.Version} and {manifest.Parent}.");
    }

    public Task<PolicyHead?> HeadAsync(CancellationToken cancellationToken) => Task.FromResult(_stored.Head);

    public Task<PolicyManifest?> ManifestAsync(int version, CancellationToken cancellationToken) =>
        Task.FromResult(version >= 0 && version < _stored.Versions.Length ? _stored.Versions[version] : null);

    public Task<ImmutableArray<PolicyManifest>> VersionsAsync(CancellationToken cancellationToken) => Task.FromResult(_stored.Versions);

    public async Task<PolicyHead> PromoteAsync(int version, int from, string stage, CancellationToken cancellationToken)
    {
        CheckIsThere(version);
        var known = state.State;
        if (!known.PromotedBy.Contains(stage) && known.Head!.Promoted.Version == from && (known.Promotions is not [.., var current] || current != version))
        {
            await SaveAsync(known with
            {
                Promotions = known.Promotions.Add(version),
                PromotedBy = stage.Length == 0 ? known.PromotedBy : [.. known.PromotedBy.TakeLast(KeptStages - 1), stage],
            });
        }

        return state.State.Head!;
    }

    public async Task<PolicyHead> RollBackAsync(int from, CancellationToken cancellationToken)
    {
        if (state.State.Head is { } head && head.Promoted.Version != from)
        {
            return head;
        }

        if (state.State.Promotions.Length < 2)
        {
            throw new InvalidOperationException(
                $"Policy '{this.GetPrimaryKeyString()}' has no promotion before the one of version {state.State.Head?.Promoted.Version ?? 0}, so that there is nothing to go back to. Promote a version instead.");
        }

        await SaveAsync(state.State with { Promotions = state.State.Promotions[..^1] });
        return state.State.Head!;
    }

    public async Task<PolicyHead> JudgeAsync(GateResult result, CancellationToken cancellationToken)
    {
        CheckIsThere(result.Version);
        var known = state.State;
        if (!known.Gates.Any(gate => gate.Run == result.Run && gate.Stage == result.Stage))
        {
            // A version that was promoted by hand meanwhile is not the one that it was compared with.
            var promotes = result.Passes && known.Head!.Promoted.Version == result.Against && result.Version != result.Against;
            await SaveAsync(known with { Gates = known.Gates.Add(result), Promotions = promotes ? known.Promotions.Add(result.Version) : known.Promotions });
        }

        return state.State.Head!;
    }

    public Task<PolicyHistory> HistoryAsync(CancellationToken cancellationToken) => Task.FromResult(new PolicyHistory(_stored.Gates, _stored.Promotions, _stored.Pins));

    public async Task PinAsync(string holder, int version, CancellationToken cancellationToken)
    {
        CheckIsThere(version);
        if (!state.State.Pins.TryGetValue(holder, out var pinned) || pinned != version)
        {
            await SaveAsync(state.State with { Pins = state.State.Pins.SetItem(holder, version) });
        }
    }

    public async Task UnpinAsync(string holder, CancellationToken cancellationToken)
    {
        if (state.State.Pins.ContainsKey(holder))
        {
            await SaveAsync(state.State with { Pins = state.State.Pins.Remove(holder) });
        }
    }

    public async Task<ImmutableArray<int>> RetainAsync(int kept, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kept);
        var (versions, first) = (state.State.Versions, state.State.Versions.Length - kept);
        ImmutableArray<int> removed =
        [
            .. versions.Take(Math.Max(0, first)).Where(version => !version.IsRemoved && version.Run.Length > 0 && !IsNeeded(version.Version)).Select(version => version.Version),
        ];
        if (!removed.IsEmpty)
        {
            // Marked before the first blob goes: what is not marked is whole.
            await SaveAsync(state.State with
            {
                Versions = [.. versions.Select(version => removed.Contains(version.Version) ? version with { IsRemoved = true } : version)],
                Erasing = [.. state.State.Erasing, .. removed],
            });
        }

        if (!state.State.Erasing.IsEmpty)
        {
            foreach (var version in state.State.Erasing.Select(version => versions[version]))
            {
                foreach (var blob in new[] { version.Weights, version.Learner, version.Description })
                {
                    await blobs.EraseAsync(blob, cancellationToken);
                }
            }

            await SaveAsync(state.State with { Erasing = [] });
        }

        return removed;
    }

    private bool IsNeeded(int version) =>
        version == state.State.Head!.Promoted.Version || state.State.Promotions.Contains(version) || state.State.Pins.ContainsValue(version);

    private void CheckIsThere(int version)
    {
        var versions = state.State.Versions;
        if (version < 0 || version >= versions.Length)
        {
            throw new ArgumentException($"Policy '{this.GetPrimaryKeyString()}' has the versions 0 to {versions.Length - 1}, and not {version}; choose one of them.");
        }

        if (versions[version].IsRemoved)
        {
            throw new ArgumentException($"Version {version} of policy '{this.GetPrimaryKeyString()}' was removed, as fewer versions are kept; choose one that 'steptool policy show' does not mark so.");
        }
    }

    // What readers see is always stored: the new state shows only once its write has succeeded.
    private async Task SaveAsync(PolicyState changed)
    {
        state.State = changed;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = _stored;
            throw;
        }

        _stored = changed;
    }
}
