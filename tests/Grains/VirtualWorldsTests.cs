using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.Worlds;
using StepTool.Silo.Virtual;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>Which world <c>/virtual</c> answers from, and the index of those that were imported.</summary>
[Trait("Kind", "Unit")]
public sealed class VirtualWorldsTests
{
    private readonly SettableTime _time = new();

    [Fact]
    public async Task Current_NothingImported_IsNoneUntilSomethingIs()
    {
        await using var house = await House.StartAsync(new Ground { HasPump = false });
        var worlds = Worlds(house);
        Assert.Null(await worlds.CurrentAsync(default));
        Assert.Null(await worlds.FindAsync("built-in:1", default));

        await house.Grain<IWorldIndexGrain>(IWorldIndexGrain.Key).NoteAsync("built-in:1");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("built-in:1", await CurrentAsync(worlds)); // whoever has none waits for the index
    }

    [Fact]
    public async Task Current_AnotherImported_IsTakenWithinSecondsWithoutAWait()
    {
        await using var house = await House.StartAsync(new Ground { HasPump = false });
        var worlds = Worlds(house);
        var index = house.Grain<IWorldIndexGrain>(IWorldIndexGrain.Key);
        await index.NoteAsync("built-in:1");
        Assert.Equal("built-in:1", await CurrentAsync(worlds));
        await index.NoteAsync("built-in:2");
        Assert.Equal("built-in:1", await CurrentAsync(worlds)); // asked a moment ago

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("built-in:1", await CurrentAsync(worlds)); // goes on while the index is asked
        await worlds.Refreshing;
        Assert.Equal("built-in:2", await CurrentAsync(worlds));
        Assert.Equal("built-in:1", (await worlds.FindAsync("built-in:1", default))?.Reference);
    }

    [Fact]
    public async Task Current_WorldGivenByOption_IsNotReplacedByAnImport()
    {
        await using var house = await House.StartAsync(new Ground { HasPump = false });
        await house.Grain<IWorldIndexGrain>(IWorldIndexGrain.Key).NoteAsync("built-in:2");
        Assert.Equal("built-in:7", await CurrentAsync(Worlds(house, "built-in:7")));
    }

    [Fact]
    public async Task Index_WorldsNotedAgainAndAfterFailedWrites_KeepTheirOrder()
    {
        var ground = new Ground { HasPump = false };
        await using var house = await House.StartAsync(ground);
        var index = house.Grain<IWorldIndexGrain>(IWorldIndexGrain.Key);
        await index.NoteAsync("built-in:1");
        await index.NoteAsync("built-in:2");
        var left = 1;
        ground.Store.Fails = (_, _, _) => left-- > 0;
        await Assert.ThrowsAnyAsync<Exception>(() => index.NoteAsync("built-in:1"));
        Assert.Equal("built-in:1, built-in:2", string.Join(", ", await index.WorldsAsync()));
        await index.NoteAsync("built-in:1");
        await house.DeactivateAsync(index);
        Assert.Equal("built-in:2, built-in:1", string.Join(", ", await index.WorldsAsync()));
        await Assert.ThrowsAnyAsync<Exception>(() => index.NoteAsync("elsewhere"));
    }

    private VirtualWorlds Worlds(House house, string world = "") => new(new AnyWorld(), house.Services.GetRequiredService<IGrainFactory>(), _time, Options.Create(new VirtualOptions { World = world }));

    private static async Task<string?> CurrentAsync(VirtualWorlds worlds) => (await worlds.CurrentAsync(default))?.Reference;

    private sealed class AnyWorld : IWorldCatalogue
    {
        private readonly TinyWorld _world = new();

        public ValueTask<IWorld> GetAsync(string reference, CancellationToken cancellationToken) => ValueTask.FromResult<IWorld>(_world);
    }
}
