using System.Collections.Immutable;
using Orleans.Runtime;
using Orleans.Storage;

namespace StepTool.Tests.Conformance;

public sealed record Ledger(string Owner, ImmutableArray<int> Entries)
{
    public string Note { get; init; } = "made by the constructor";
}

public sealed record Label(string Text);

public interface IStateGrain : IGrainWithStringKey
{
    /// <summary>RecordExists, ETag, and whether the constructor has run, as text.</summary>
    Task<string> DescribeAsync();

    Task<string> ReadOwnerAsync();

    Task<string> ReadLabelAsync();

    Task WriteAsync(string owner, string label);

    Task ClearAsync();

    /// <summary>Changes the state without writing it.</summary>
    Task SetAsync(string owner);

    Task WriteOnlyAsync(string owner);

    /// <summary>Writes; on a lost race reads, and writes again.</summary>
    Task<string> WriteOrReloadAsync(string owner);

    Task<string> ActivationAsync();
}

[GrainType("conformance-state")]
public sealed class StateGrain(
    [PersistentState("ledger", GrainFixture.Store)] IPersistentState<Ledger> ledger,
    [PersistentState("label", GrainFixture.Store)] IPersistentState<Label> tag,
    Probe probe) : Grain, IStateGrain
{
    private readonly string _activation = Guid.NewGuid().ToString();

    public Task<string> DescribeAsync() => Task.FromResult(
        $"exists {ledger.RecordExists}, etag {(ledger.Etag is null ? "none" : "some")}, state {(ledger.State is null ? "null" : "there")}, note {ledger.State?.Note ?? "null"}, entries {(ledger.State!.Entries.IsDefault ? "default" : "some")}");

    public Task<string> ReadOwnerAsync() => Task.FromResult(ledger.State.Owner);

    public Task<string> ReadLabelAsync() => Task.FromResult(tag.State.Text);

    public async Task WriteAsync(string owner, string label)
    {
        ledger.State = new(owner, [1, 2]);
        tag.State = new(label);
        await ledger.WriteStateAsync();
        await tag.WriteStateAsync();
    }

    public Task ClearAsync() => ledger.ClearStateAsync();

    public Task SetAsync(string owner)
    {
        ledger.State = new(owner, []);
        return Task.CompletedTask;
    }

    public Task WriteOnlyAsync(string owner)
    {
        ledger.State = new(owner, []);
        return ledger.WriteStateAsync();
    }

    public async Task<string> WriteOrReloadAsync(string owner)
    {
        ledger.State = new(owner, []);
        try
        {
            await ledger.WriteStateAsync();
            return "won";
        }
        catch (InconsistentStateException)
        {
            var kept = ledger.State.Owner;
            await ledger.ReadStateAsync();
            var reloaded = ledger.State.Owner;
            ledger.State = new(owner, []);
            await ledger.WriteStateAsync();
            return $"kept {kept}, reloaded {reloaded}";
        }
    }

    public Task<string> ActivationAsync() => Task.FromResult(_activation);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Signal($"{this.GetPrimaryKeyString()} ended", reason.ReasonCode.ToString());
        return Task.CompletedTask;
    }
}

/// <summary>Calls a state grain that loses its race, to see that only that one ends.</summary>
public interface IRelayGrain : IGrainWithStringKey
{
    Task<string> ActivationAsync();

    Task WriteThroughAsync(string key, string owner);
}

public sealed class RelayGrain : Grain, IRelayGrain
{
    private readonly string _activation = Guid.NewGuid().ToString();

    public Task<string> ActivationAsync() => Task.FromResult(_activation);

    public Task WriteThroughAsync(string key, string owner) => GrainFactory.GetGrain<IStateGrain>(key).WriteOnlyAsync(owner);
}

/// <summary>Has a store whose every operation fails.</summary>
public interface IUnluckyGrain : IGrainWithStringKey
{
    Task WriteAsync();
}

public sealed class UnluckyGrain([PersistentState("luck", UnluckyGrain.BrokenStore)] IPersistentState<Label> luck) : Grain, IUnluckyGrain
{
    public const string BrokenStore = "broken";

    public Task WriteAsync() => luck.WriteStateAsync();
}
