using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using StepTool.Core.Chance;
using StepTool.Silo.Storage;
using Xunit;
using static StepTool.Tests.Storage.StorageBuilder;

namespace StepTool.Tests.Storage;

/// <summary>
/// Database files as each version of the schema wrote them, Goldens/state.1.db, ...: they must be read for ever. Whoever changes the schema raises its version and
/// adds the next one, with STEPTOOL_GOLDENS=write.
/// </summary>
[Trait("Kind", "Storage")]
public sealed class SqliteGoldenTests : IDisposable
{
    private static readonly byte[] Content = "kept"u8.ToArray();
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task NewestGolden_HasTheTablesOfToday()
    {
        await WriteAsync();
        var golden = Golden(SqliteSchema.Version);
        if (Environment.GetEnvironmentVariable("STEPTOOL_GOLDENS") == "write" && !File.Exists(golden))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(golden)!);
            File.Copy(_folder.Database, golden);
        }

        Assert.Equal(Tables(Copy(SqliteSchema.Version)), Tables(_folder.Database));
    }

    [Fact]
    public async Task EveryGolden_IsReadAndGoesOn()
    {
        for (var version = 1; version <= SqliteSchema.Version; version++)
        {
            using var database = new SqliteDatabase(Copy(version), new SqliteStorageOptions());

            var state = await ReadAsync(StateStore(database));
            Assert.Equal(new Note("golden", 7), state.State);
            Assert.Equal(Content, (await new SqliteBlobStore(database, new FolderBlobStore(Path.Combine(_folder.Path, "blobs"))).GetAsync(StableHash.Content(Content), default)).ToArray());
            Assert.True(database.NextVersion() > long.Parse(state.ETag!, CultureInfo.InvariantCulture));
            state.State = new Note("newer", 8);
            await StateStore(database).WriteStateAsync("note", Grain(), state);
        }
    }

    private async Task WriteAsync()
    {
        using var database = new SqliteDatabase(_folder.Database, new SqliteStorageOptions());
        await StateStore(database).WriteStateAsync("note", Grain(), New("golden", 7));
        await new SqliteBlobStore(database, new FolderBlobStore(Path.Combine(_folder.Path, "blobs"))).PutAsync(Content, default);
    }

    // A file that is opened gets others beside it.
    private string Copy(int version)
    {
        var copy = Path.Combine(_folder.Path, string.Create(CultureInfo.InvariantCulture, $"golden.{version}.db"));
        File.Copy(Golden(version), copy);
        return copy;
    }

    private static string Tables(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";
        return (string)command.ExecuteScalar()!;
    }

    private static string Golden(int version, [CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "Goldens", string.Create(CultureInfo.InvariantCulture, $"state.{version}.db"));
}
