using Orleans.Storage;
using StepTool.Core.Storage;
using StepTool.Silo.Storage;
using Xunit;
using static StepTool.Tests.Storage.StorageBuilder;

namespace StepTool.Tests.Storage;

[Trait("Kind", "Storage")]
public sealed class SqliteGrainStorageTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteGrainStorage _storage;

    public SqliteGrainStorageTests()
    {
        _database = new SqliteDatabase(_folder.Database, new SqliteStorageOptions());
        _storage = StateStore(_database);
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ReadStateAsync_NothingWritten_HasNoRecord()
    {
        var state = await ReadAsync(_storage);

        Assert.Equal((false, null, null), (state.RecordExists, state.ETag, state.State));
    }

    [Fact]
    public async Task WriteStateAsync_ThenRead_GivesStateAndETagBack()
    {
        var written = New();
        await _storage.WriteStateAsync("note", Grain(), written);

        var read = await ReadAsync(_storage);

        Assert.Equal(new Note("first", 1), read.State);
        Assert.Equal((true, written.ETag), (read.RecordExists, read.ETag));
    }

    [Fact]
    public async Task WriteStateAsync_OtherNameOrGrain_IsAnotherRecord()
    {
        await _storage.WriteStateAsync("note", Grain(1), New("one"));
        await _storage.WriteStateAsync("note", Grain(2), New("two"));
        await _storage.WriteStateAsync("other", Grain(1), New("three"));

        Assert.Equal("one", (await ReadAsync(_storage)).State!.Text);
    }

    [Fact]
    public async Task WriteStateAsync_RecordChangedMeanwhile_LosesTheRaceAndLeavesTheRecord()
    {
        await _storage.WriteStateAsync("note", Grain(), New());
        var (winner, loser) = (await ReadAsync(_storage), await ReadAsync(_storage));
        winner.State = new Note("winner", 2);
        loser.State = new Note("loser", 2);
        await _storage.WriteStateAsync("note", Grain(), winner);
        var read = loser.ETag;

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("note", Grain(), loser));

        Assert.Equal((winner.ETag, read, read), (error.StoredEtag, error.CurrentEtag, loser.ETag));
        Assert.Equal("winner", (await ReadAsync(_storage)).State!.Text);
    }

    [Fact]
    public async Task WriteStateAsync_LostRaceThenRead_WritesAgain()
    {
        await _storage.WriteStateAsync("note", Grain(), New());
        var stale = New("stale");
        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("note", Grain(), stale));
        await _storage.ReadStateAsync("note", Grain(), stale);
        stale.State = new Note("again", 3);

        await _storage.WriteStateAsync("note", Grain(), stale);

        Assert.Equal("again", (await ReadAsync(_storage)).State!.Text);
    }

    [Fact]
    public async Task WriteStateAsync_RecordClearedMeanwhile_LosesTheRace()
    {
        await _storage.WriteStateAsync("note", Grain(), New());
        var (one, other) = (await ReadAsync(_storage), await ReadAsync(_storage));
        await _storage.ClearStateAsync("note", Grain(), one);

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("note", Grain(), other));

        Assert.Null(error.StoredEtag);
    }

    [Fact]
    public async Task WriteStateAsync_ClearedAndWrittenAgainMeanwhile_LosesTheRace()
    {
        var first = New();
        await _storage.WriteStateAsync("note", Grain(), first);
        var stale = await ReadAsync(_storage);
        await _storage.ClearStateAsync("note", Grain(), first);
        await _storage.WriteStateAsync("note", Grain(), New("second"));

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("note", Grain(), stale));
    }

    [Fact]
    public async Task WriteStateAsync_ETagOfAnotherStore_LosesTheRace()
    {
        await _storage.WriteStateAsync("note", Grain(), New());
        var foreign = New();
        foreign.ETag = "\"0x8DCAFE\"";

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("note", Grain(), foreign));
    }

    [Fact]
    public async Task WriteStateAsync_ManyWritersOfOneRecord_ExactlyOneWinsEachRound()
    {
        await _storage.WriteStateAsync("note", Grain(), New(number: 0));
        for (var round = 1; round <= 20; round++)
        {
            var states = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ReadAsync(_storage)));
            var outcomes = await Task.WhenAll(states.Select(async (state, writer) =>
            {
                state.State = new Note($"writer {writer}", round);
                return await Record.ExceptionAsync(() => _storage.WriteStateAsync("note", Grain(), state));
            }));

            Assert.Equal(1, outcomes.Count(outcome => outcome is null));
            Assert.All(outcomes.Where(outcome => outcome is not null), outcome => Assert.IsType<InconsistentStateException>(outcome));
        }
    }

    [Fact]
    public async Task ClearStateAsync_Written_LeavesNoRecord()
    {
        var state = New();
        await _storage.WriteStateAsync("note", Grain(), state);

        await _storage.ClearStateAsync("note", Grain(), state);

        Assert.Equal((false, null), (state.RecordExists, state.ETag));
        Assert.False((await ReadAsync(_storage)).RecordExists);
        await _storage.WriteStateAsync("note", Grain(), state);
        Assert.True((await ReadAsync(_storage)).RecordExists);
    }

    [Fact]
    public async Task ClearStateAsync_NeverWritten_IsFine()
    {
        var state = New();

        await _storage.ClearStateAsync("note", Grain(), state);

        Assert.False(state.RecordExists);
    }

    [Fact]
    public async Task ClearStateAsync_RecordChangedMeanwhile_LosesTheRace()
    {
        await _storage.WriteStateAsync("note", Grain(), New());
        var (winner, loser) = (await ReadAsync(_storage), await ReadAsync(_storage));
        await _storage.WriteStateAsync("note", Grain(), winner);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.ClearStateAsync("note", Grain(), loser));
        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.ClearStateAsync("note", Grain(), New()));

        Assert.True((await ReadAsync(_storage)).RecordExists);
    }

    [Fact]
    public async Task ReadStateAsync_BrokenRecord_NamesRecordFileAndRemedy()
    {
        await _storage.WriteStateAsync("note", Grain(), New());
        Sql(_folder.Database, "UPDATE grain_state SET state = x'5301007B22746578'");

        var error = await Assert.ThrowsAsync<StorageException>(() => ReadAsync(_storage));

        Assert.Contains($"State 'note' of task/run/1 in '{_folder.Database}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("The record of Note (8 bytes, version 1) is corrupt", error.Message, StringComparison.Ordinal);
        Assert.Contains("delete this record so that the grain starts afresh", error.Message, StringComparison.Ordinal);
    }
}
