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

    [Theory]
    [MemberData(nameof(GrainStorageContract.Promises), MemberType = typeof(GrainStorageContract))]
    public Task Contract(string promise) => GrainStorageContract.CheckAsync(promise, _storage);

    [Fact]
    public async Task WriteStateAsync_RecordChangedMeanwhile_NamesBothVersions()
    {
        var (winner, loser) = (New(), New());
        await _storage.WriteStateAsync("note", Grain(), winner);

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("note", Grain(), loser));
        await _storage.ClearStateAsync("note", Grain(), winner);
        loser.ETag = error.StoredEtag;
        var cleared = await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("note", Grain(), loser));

        Assert.Equal((null, true), (error.CurrentEtag, error.StoredEtag is { Length: > 0 }));
        Assert.Equal((error.StoredEtag, null), (cleared.CurrentEtag, cleared.StoredEtag));
    }

    [Fact]
    public async Task ClearStateAsync_RecordNeverRead_LosesTheRace()
    {
        await _storage.WriteStateAsync("note", Grain(), New());

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
