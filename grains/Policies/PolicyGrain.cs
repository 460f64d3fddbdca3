using System.Collections.Immutable;
using Orleans.Runtime;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Policies;

[GrainType("policy")]
internal sealed class PolicyGrain([PersistentState("policy", StateStore.Name)] IPersistentState<PolicyState> state) : Grain, IPolicyGrain
{
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

    public async Task<PolicyHead> PromoteAsync(int version, CancellationToken cancellationToken)
    {
        if (version < 0 || version >= state.State.Versions.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(version), version, $"Policy '{this.GetPrimaryKeyString()}' has the versions 0 to {state.State.Versions.Length - 1}; choose one of them.");
        }

        if (state.State.Promotions is not [.., var current] || current != version)
        {
            await SaveAsync(state.State with { Promotions = state.State.Promotions.Add(version) });
        }

        return state.State.Head!;
    }

    public async Task<PolicyHead> RollBackAsync(CancellationToken cancellationToken)
    {
        if (state.State.Promotions.Length < 2)
        {
            throw new InvalidOperationException(
                $"Policy '{this.GetPrimaryKeyString()}' has had {state.State.Promotions.Length} promotions; going back needs at least 2. Promote a version instead.");
        }

        await SaveAsync(state.State with { Promotions = state.State.Promotions[..^1] });
        return state.State.Head!;
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
