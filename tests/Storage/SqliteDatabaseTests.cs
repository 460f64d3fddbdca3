using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;
using StepTool.Core.Chance;
using StepTool.Core.Storage;
using StepTool.Silo.Storage;
using Xunit;
using static StepTool.Tests.Storage.StorageBuilder;

namespace StepTool.Tests.Storage;

[Trait("Kind", "Storage")]
public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_ClosedBefore_FindsItsRecordsAndOlderVersions()
    {
        string? eTag;
        using (var before = Open())
        {
            var state = New();
            await StateStore(before).WriteStateAsync("note", Grain(), state);
            eTag = state.ETag;
        }

        using var after = Open();

        Assert.Equal(eTag, (await ReadAsync(StateStore(after))).ETag);
        Assert.True(after.NextVersion() > long.Parse(eTag!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task WriteAsync_Acknowledged_SurvivesWithoutBeingClosed()
    {
        // The files as they are at the last acknowledgement are what a killed process leaves behind.
        using var killed = Open();
        var storage = StateStore(killed);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(number => storage.WriteStateAsync("note", Grain(number), New(number: number))));
        using var left = new TestFolder();
        foreach (var file in Directory.GetFiles(_folder.Path).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(left.Path, Path.GetFileName(file)));
        }

        using var recovered = new SqliteDatabase(left.Database, new SqliteStorageOptions());

        for (var number = 0; number < 500; number++)
        {
            Assert.Equal(number, (await ReadAsync(StateStore(recovered), number)).State!.Number);
        }
    }

    [Fact]
    public async Task WriteAsync_Acknowledged_IsSeenBySecondConnection()
    {
        using var database = Open();
        await StateStore(database).WriteStateAsync("note", Grain(), New());
        using var second = new SqliteSession(_folder.Database, new SqliteStorageOptions());

        Assert.Equal(1L, second.Scalar("SELECT count(*) FROM grain_state"));
    }

    [Fact]
    public async Task WriteAsync_ManyCallers_ShareTransactions()
    {
        using var database = Open();
        var entered = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var first = database.WriteAsync(session =>
        {
            entered.SetResult();
            go.Task.GetAwaiter().GetResult();
            return 0L;
        });
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30));

        // While the first group is held, these queue up and become one transaction: each answers the number of commits before it.
        var writes = Enumerable.Range(0, 50).Select(number => database.WriteAsync(session =>
        {
            session.Command("INSERT INTO blob (hash, content) VALUES ($1, x'00')", new byte[] { (byte)number }).ExecuteNonQuery();
            return Count(_folder.Database);
        })).ToList();
        go.SetResult();
        var committedBefore = await Task.WhenAll(writes);
        await first;

        Assert.All(committedBefore, count => Assert.Equal(0, count));
        Assert.Equal(50, Count(_folder.Database));
    }

    [Fact]
    public async Task DisposeAsync_WritesQueued_CommitsThem()
    {
        var database = Open();
        var writes = Enumerable.Range(0, 100).Select(number => StateStore(database).WriteStateAsync("note", Grain(number), New())).ToList();

        await database.DisposeAsync();

        Assert.All(writes, write => Assert.True(write.IsCompletedSuccessfully));
        Assert.False(File.Exists(_folder.Database + "-wal"));
    }

    [Fact]
    public async Task WriteAsync_Closed_SaysThatNothingWasWritten()
    {
        var database = Open();
        await database.DisposeAsync();

        var error = await Assert.ThrowsAsync<StorageException>(() => StateStore(database).WriteStateAsync("note", Grain(), New()));

        Assert.Contains("is closed: the silo is stopping. Nothing was written.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_DiskFull_FailsThenRecovers()
    {
        // SQLite's own limit gives the same error at the same places as a full disk.
        var pages = 24;
        using var database = new SqliteDatabase(_folder.Database, new SqliteStorageOptions { Opened = connection => Execute(connection, $"PRAGMA max_page_count = {pages}") });
        var storage = StateStore(database);
        await storage.WriteStateAsync("note", Grain(), New("kept"));
        var random = new SeededRandom(1); // does not compress
        var large = New(string.Concat(Enumerable.Range(0, 20_000).Select(_ => random.Next().ToString("x16", CultureInfo.InvariantCulture))));

        var error = await Assert.ThrowsAsync<StorageException>(() => storage.WriteStateAsync("note", Grain(2), large));
        pages = 100_000;
        var kept = await ReadAsync(storage);
        await storage.WriteStateAsync("note", Grain(2), large);

        Assert.Contains($"The disk of '{_folder.Database}' is full; nothing was written. Free some space", error.Message, StringComparison.Ordinal);
        Assert.Null((await ReadAsync(storage, 3)).ETag);
        Assert.Equal("kept", kept.State!.Text);
        Assert.Equal(large.State, (await ReadAsync(storage, 2)).State);
    }

    [Fact]
    public async Task WriteAsync_ReadOnly_FailsThenRecovers()
    {
        var readOnly = 0;
        SqliteConnection? writer = null;
        using var database = new SqliteDatabase(_folder.Database, new SqliteStorageOptions { Opened = connection => Execute(writer = connection, $"PRAGMA query_only = {readOnly}") });
        Execute(writer!, "PRAGMA query_only = 1");

        var error = await Assert.ThrowsAsync<StorageException>(() => StateStore(database).WriteStateAsync("note", Grain(), New()));
        await StateStore(database).WriteStateAsync("note", Grain(), New());

        Assert.Contains($"'{_folder.Database}' is read-only; nothing was written. Make the file and its folder writable", error.Message, StringComparison.Ordinal);
        Assert.True((await ReadAsync(StateStore(database))).RecordExists);
    }

    [Fact]
    public async Task WriteAsync_FaultInOneWrite_FailsItsGroupAndLivesOn()
    {
        using var database = Open();

        var error = await Assert.ThrowsAsync<StorageException>(() => database.WriteAsync<int>(_ => throw new InvalidOperationException("broken")));
        await StateStore(database).WriteStateAsync("note", Grain(), New());

        Assert.Contains("failed (broken); nothing was written", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoDatabase_SaysSo()
    {
        File.WriteAllText(_folder.Database, string.Concat(Enumerable.Repeat("this is a letter, not a database. ", 100)));

        Assert.Contains($"'{_folder.Database}' is no SQLite database; it must be one of StepTool. Move it away", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnotherApplications_NamesItsId()
    {
        Sql(_folder.Database, "CREATE TABLE theirs (a); PRAGMA application_id = 77");

        Assert.Contains("is a database of another application (application_id 77); it must be one of StepTool", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_UnmarkedDatabaseWithTables_IsForeign()
    {
        Sql(_folder.Database, "CREATE TABLE theirs (a)");

        Assert.Contains("application_id 0", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NewerSchema_NamesBothVersions()
    {
        Open().Dispose();
        Sql(_folder.Database, "PRAGMA user_version = 9");

        Assert.Contains("has schema version 9; this build reads version 1. Run the version of StepTool that wrote it", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_BrokenPages_IsCorrupt()
    {
        Open().Dispose();
        var bytes = File.ReadAllBytes(_folder.Database);
        bytes.AsSpan(BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(16))).Fill(0xA5);
        File.WriteAllBytes(_folder.Database, bytes);

        Assert.Contains($"'{_folder.Database}' is corrupt", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TruncatedFile_IsCorrupt()
    {
        Open().Dispose();
        using (var file = File.OpenWrite(_folder.Database))
        {
            file.SetLength(4096);
        }

        Assert.Contains("is corrupt", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderInItsPlace_CannotBeOpened()
    {
        Directory.CreateDirectory(_folder.Database);

        Assert.Contains("cannot be opened; it must be a file that this process may read and write", Refused(), StringComparison.Ordinal);
    }

    private static long Count(string path)
    {
        using var session = new SqliteSession(path, new SqliteStorageOptions());
        return (long)session.Scalar("SELECT count(*) FROM blob")!;
    }

    private SqliteDatabase Open() => new(_folder.Database, new SqliteStorageOptions());

    private string Refused() => Assert.Throws<StorageException>(() => Open()).Message;
}
