using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using Xunit;

namespace StepTool.Tests.Grains;

[Trait("Kind", "Unit")]
public sealed class TransitionLogTests : IAsyncLifetime
{
    private readonly Ground _ground = new() { HasPump = false };
    private House _house = null!;

    private ITransitionLogGrain Log => _house.Grain<ITransitionLogGrain>("policy");

    public async Task InitializeAsync() => _house = await House.StartAsync(_ground);

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task Append_SameOrdinalAgain_KeepsTheFirst()
    {
        await Log.AppendAsync(new TransitionEntry(3, "one", 0));
        await Log.AppendAsync(new TransitionEntry(3, "other", 1));
        await Log.AppendAsync(new TransitionEntry(1, null, 0));
        Assert.Equal([new TransitionEntry(1, null, 0), new TransitionEntry(3, "one", 0)], (await Log.EntriesAsync()).ToArray());
    }

    [Fact]
    public async Task Append_Resumed_TakesThePlaceOfWhatWasExcludedUntilThatIsConsumed()
    {
        await Log.AppendAsync(new TransitionEntry(0, null, 0));
        await Log.AppendAsync(new TransitionEntry(1, null, 0));
        await Log.AppendAsync(new TransitionEntry(2, "whole", 0));
        await Log.TrimAsync(OrdinalSet.Empty.Add(1));
        foreach (var ordinal in (long[])[0, 1, 2])
        {
            await Log.AppendAsync(new TransitionEntry(ordinal, "resumed", 0) { Resumed = 1 });
            await Log.AppendAsync(new TransitionEntry(ordinal, null, 0)); // late, of the first attempt
        }

        Assert.Equal([(0, "resumed"), (2, "whole")], (await Log.EntriesAsync()).Select(entry => (entry.Ordinal, entry.Trajectory)));
    }

    [Fact]
    public async Task Trim_Consumed_AreForgottenAndNeverTakenAgain()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(ordinal => Log.AppendAsync(new TransitionEntry(ordinal, "t", 0))));
        await Log.TrimAsync(OrdinalSet.Empty.AddRange(0, 15));
        await Log.TrimAsync(OrdinalSet.Empty.AddRange(0, 10)); // late
        await Log.AppendAsync(new TransitionEntry(12, "again", 1));
        Assert.Equal([15L, 16, 17, 18, 19], (await Log.EntriesAsync()).Select(entry => entry.Ordinal));
    }

    [Fact]
    public async Task Reactivated_HasAllThatWasAcknowledged()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(ordinal => Log.AppendAsync(new TransitionEntry(ordinal, "t", 0))));
        await Log.TrimAsync(OrdinalSet.Empty.AddRange(0, 5));
        await _house.DeactivateAsync(Log);
        Assert.Equal(Enumerable.Range(5, 15).Select(ordinal => (long)ordinal), (await Log.EntriesAsync()).Select(entry => entry.Ordinal));
    }

    [Fact]
    public async Task Append_FailedWrite_IsMadeUpForByTheNext()
    {
        var left = 1;
        _ground.Store.Fails = (_, _, _) => left-- > 0;
        await Assert.ThrowsAnyAsync<Exception>(() => Log.AppendAsync(new TransitionEntry(0, "t", 0)));
        await Log.AppendAsync(new TransitionEntry(0, "t", 0));
        await _house.DeactivateAsync(Log);
        Assert.Equal(0, Assert.Single(await Log.EntriesAsync()).Ordinal);
    }
}
