using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Data.Sqlite;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Silo.Storage;

namespace StepTool.Tests.Storage;

/// <summary>A folder of its own for each test, deleted after it.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => Path = Directory.CreateTempSubdirectory("steptool-test-").FullName;

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "state.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>A state as grains have them.</summary>
internal sealed record Note(string Text, int Number);

internal static class StorageBuilder
{
    public static StateSerializer Serializer { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() });

    public static GrainId Grain(int number = 1) => GrainId.Create("task", $"run/{number}");

    public static SqliteGrainStorage StateStore(SqliteDatabase database) => new(database, Serializer);

    public static GrainState<Note> New(string text = "first", int number = 1) => new(new Note(text, number));

    public static async Task<GrainState<Note>> ReadAsync(IGrainStorage storage, int grain = 1)
    {
        var state = new GrainState<Note>();
        await storage.ReadStateAsync("note", Grain(grain), state);
        return state;
    }

    /// <summary>Runs statements on a database file from outside.</summary>
    public static void Sql(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, sql);
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is the test's own
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
