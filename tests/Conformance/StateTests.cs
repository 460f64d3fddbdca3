using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;
using Xunit;

namespace StepTool.Tests.Conformance;

[Trait("Kind", "Storage")]
public sealed class StateTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private const string Absent = "exists False, etag none, state there, note null, entries default";

    [Fact]
    public async Task State_NeverWritten_IsAnObjectWithoutItsConstructor() => Assert.Equal(Absent, await Grain("fresh").DescribeAsync());

    [Fact]
    public async Task State_Written_IsThereAfterReactivation()
    {
        var grain = Grain("kept");
        await grain.WriteAsync("ann", "red");
        await cluster.Fixture.DeactivateAsync(grain);

        Assert.Equal("exists True, etag some, state there, note made by the constructor, entries some", await grain.DescribeAsync());
        Assert.Equal(("ann", "red"), (await grain.ReadOwnerAsync(), await grain.ReadLabelAsync()));
    }

    [Fact]
    public async Task State_SetButNotWritten_IsLostOnReactivation()
    {
        var grain = Grain("unwritten");
        await grain.WriteAsync("ann", "red");
        await grain.SetAsync("bob");
        await cluster.Fixture.DeactivateAsync(grain);
        Assert.Equal("ann", await grain.ReadOwnerAsync());
    }

    [Fact]
    public async Task ClearState_OfARecord_EmptiesItAndLeavesTheOther()
    {
        var grain = Grain("cleared");
        await grain.WriteAsync("ann", "red");
        await grain.ClearAsync();
        Assert.Equal(Absent, await grain.DescribeAsync());

        await cluster.Fixture.DeactivateAsync(grain);
        Assert.Equal(Absent, await grain.DescribeAsync());
        Assert.Equal("red", await grain.ReadLabelAsync());
    }

    [Fact]
    public async Task ClearState_NeverWritten_IsFineAndALaterWriteWorks()
    {
        var grain = Grain("cleared-fresh");
        await grain.ClearAsync();
        await grain.WriteOnlyAsync("ann");
        await grain.ClearAsync();
        await grain.WriteOnlyAsync("bob");
        await cluster.Fixture.DeactivateAsync(grain);
        Assert.Equal("bob", await grain.ReadOwnerAsync());
    }

    [Fact]
    public async Task LostRace_Caught_KeepsTheActivationAndItsState()
    {
        var grain = Grain("caught");
        await grain.WriteOnlyAsync("ann");
        var activation = await grain.ActivationAsync();
        await OverwriteAsync(grain, "eve");

        Assert.Equal("kept bob, reloaded eve", await grain.WriteOrReloadAsync("bob"));
        Assert.Equal(activation, await grain.ActivationAsync());
    }

    [Fact]
    public async Task LostRace_Uncaught_ReachesTheCallerAndEndsTheActivation()
    {
        var grain = Grain("uncaught");
        await grain.WriteOnlyAsync("ann");
        var activation = await grain.ActivationAsync();
        await OverwriteAsync(grain, "eve");

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteOnlyAsync("bob"));

        Assert.Equal("ApplicationError", await cluster.Fixture.Probe.SeenAsync("uncaught ended"));
        Assert.Equal("eve", await grain.ReadOwnerAsync());
        Assert.NotEqual(activation, await grain.ActivationAsync());
    }

    [Fact]
    public async Task LostRace_CrossingAnotherGrain_EndsOnlyTheOneThatLost()
    {
        var grain = Grain("crossed");
        var relay = cluster.Fixture.Client.GetGrain<IRelayGrain>("relay");
        var activation = await relay.ActivationAsync();
        await grain.WriteOnlyAsync("ann");
        await OverwriteAsync(grain, "eve");

        await Assert.ThrowsAsync<InconsistentStateException>(() => relay.WriteThroughAsync("crossed", "bob"));

        Assert.Equal("ApplicationError", await cluster.Fixture.Probe.SeenAsync("crossed ended"));
        Assert.Equal(activation, await relay.ActivationAsync());
    }

    [Fact]
    public async Task StorageError_OfAnotherKind_ArrivesAsOrleansExceptionWithItsCause()
    {
        var exception = await Assert.ThrowsAsync<OrleansException>(() => cluster.Fixture.Client.GetGrain<IUnluckyGrain>("unlucky").WriteAsync());
        Assert.Contains("the disk is full", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GrainType_OnTheClass_NamesTheRecord()
    {
        await Grain("named").WriteOnlyAsync("ann");
        var record = new GrainState<Ledger>();
        await Storage.ReadStateAsync("ledger", GrainId.Create("conformance-state", "named"), record);
        Assert.Equal("ann", record.State!.Owner);
    }

    private IGrainStorage Storage => cluster.Fixture.Silo.GetRequiredKeyedService<IGrainStorage>(GrainFixture.Store);

    /// <summary>Writes behind the grain's back.</summary>
    private async Task OverwriteAsync(IStateGrain grain, string owner)
    {
        var record = new GrainState<Ledger>();
        await Storage.ReadStateAsync("ledger", grain.GetGrainId(), record);
        record.State = new(owner, []);
        await Storage.WriteStateAsync("ledger", grain.GetGrainId(), record);
    }

    private IStateGrain Grain(string key) => cluster.Fixture.Client.GetGrain<IStateGrain>(key);
}
