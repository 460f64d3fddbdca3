using System.Reflection;
using Orleans.Runtime;
using Orleans.Storage;
using Xunit;

namespace StepTool.Tests.Storage;

/// <summary>What every store of grain state promises; the tests of each store run all of it.</summary>
/// <param name="storage">The store.</param>
internal sealed class GrainStorageContract(IGrainStorage storage)
{
    private readonly string _run = Guid.NewGuid().ToString("N");

    /// <summary>The names of the promises.</summary>
    public static TheoryData<string> Promises => [.. Methods.Select(method => method.Name)];

    private static IEnumerable<MethodInfo> Methods => typeof(GrainStorageContract).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(method => method.ReturnType == typeof(Task) && method.GetParameters().Length == 0);

    public static Task CheckAsync(string promise, IGrainStorage storage) =>
        (Task)Methods.Single(method => method.Name == promise).Invoke(new GrainStorageContract(storage), null)!;

    public async Task Read_NothingWritten_HasNoRecord()
    {
        var state = await ReadAsync();

        Assert.Equal((false, null), (state.RecordExists, state.ETag));
    }

    public async Task Write_ThenRead_GivesStateAndETagBack()
    {
        var written = New();
        await WriteAsync(written);

        var read = await ReadAsync();

        Assert.Equal(new Note("first", 1), read.State);
        Assert.Equal((true, written.ETag), (read.RecordExists, read.ETag));
        Assert.True(written.RecordExists);
    }

    public async Task Write_Large_ComesBack()
    {
        var large = string.Concat(Enumerable.Range(0, 200_000).Select(number => $"{number} "));
        await WriteAsync(New(large));

        Assert.Equal(large, (await ReadAsync()).State!.Text);
    }

    public async Task Write_OtherNameOrGrain_IsAnotherRecord()
    {
        await WriteAsync(New("one"));
        await WriteAsync(New("two"), grain: 2);
        await storage.WriteStateAsync("other", Grain(1), New("three"));

        Assert.Equal("one", (await ReadAsync()).State!.Text);
    }

    public async Task Write_RecordChangedMeanwhile_LosesTheRaceAndLeavesTheRecord()
    {
        await WriteAsync(New());
        var (winner, loser) = (await ReadAsync(), await ReadAsync());
        winner.State = new Note("winner", 2);
        loser.State = new Note("loser", 2);
        await WriteAsync(winner);
        var read = loser.ETag;

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(loser));

        Assert.Equal((read, read, "loser"), (error.CurrentEtag, loser.ETag, loser.State.Text));
        Assert.Equal("winner", (await ReadAsync()).State!.Text);
    }

    public async Task Write_LostRaceThenRead_WritesAgain()
    {
        await WriteAsync(New());
        var stale = New("stale");
        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(stale));
        await storage.ReadStateAsync("note", Grain(1), stale);
        stale.State = new Note("again", 3);

        await WriteAsync(stale);

        Assert.Equal("again", (await ReadAsync()).State!.Text);
    }

    public async Task Write_RecordClearedMeanwhile_LosesTheRace()
    {
        await WriteAsync(New());
        var (one, other) = (await ReadAsync(), await ReadAsync());
        await ClearAsync(one);

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(other));
    }

    public async Task Write_ClearedAndWrittenAgainMeanwhile_LosesTheRace()
    {
        var first = New();
        await WriteAsync(first);
        var stale = await ReadAsync();
        await ClearAsync(first);
        await WriteAsync(New("second"));

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(stale));
    }

    public async Task Write_ETagOfAnotherStore_LosesTheRace()
    {
        await WriteAsync(New());
        var foreign = New();
        foreign.ETag = "\"0x8DCAFE\"";

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(foreign));
    }

    public async Task Write_ManyWritersOfOneRecord_ExactlyOneWinsEachRound()
    {
        await WriteAsync(New(number: 0));
        for (var round = 1; round <= 10; round++)
        {
            var states = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ReadAsync()));
            var outcomes = await Task.WhenAll(states.Select(async (state, writer) =>
            {
                state.State = new Note($"writer {writer}", round);
                return await Record.ExceptionAsync(() => WriteAsync(state));
            }));

            Assert.Equal(1, outcomes.Count(outcome => outcome is null));
            Assert.All(outcomes.Where(outcome => outcome is not null), outcome => Assert.IsType<InconsistentStateException>(outcome));
        }
    }

    public async Task Write_ManyCreatorsOfOneRecord_ExactlyOneWins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Record.ExceptionAsync(() => WriteAsync(New(number: writer)))));

        Assert.Equal(1, outcomes.Count(outcome => outcome is null));
        Assert.All(outcomes.Where(outcome => outcome is not null), outcome => Assert.IsType<InconsistentStateException>(outcome));
    }

    public async Task Clear_Written_LeavesNoRecord()
    {
        var state = New();
        await WriteAsync(state);

        await ClearAsync(state);

        Assert.Equal((false, null), (state.RecordExists, state.ETag));
        Assert.False((await ReadAsync()).RecordExists);
        state.State = new Note("later", 2);
        await WriteAsync(state);
        Assert.Equal("later", (await ReadAsync()).State!.Text);
    }

    public async Task Clear_NeverWritten_IsFine()
    {
        var state = New();

        await ClearAsync(state);

        Assert.False(state.RecordExists);
    }

    public async Task Clear_RecordChangedMeanwhile_LosesTheRace()
    {
        await WriteAsync(New());
        var (winner, loser) = (await ReadAsync(), await ReadAsync());
        await WriteAsync(winner);

        await Assert.ThrowsAsync<InconsistentStateException>(() => ClearAsync(loser));

        Assert.True((await ReadAsync()).RecordExists);
    }

    private static GrainState<Note> New(string text = "first", int number = 1) => StorageBuilder.New(text, number);

    private GrainId Grain(int number) => GrainId.Create("task", $"{_run}/{number}");

    private async Task<GrainState<Note>> ReadAsync()
    {
        var state = new GrainState<Note>();
        await storage.ReadStateAsync("note", Grain(1), state);
        return state;
    }

    private Task WriteAsync(GrainState<Note> state, int grain = 1) => storage.WriteStateAsync("note", Grain(grain), state);

    private Task ClearAsync(GrainState<Note> state) => storage.ClearStateAsync("note", Grain(1), state);
}
