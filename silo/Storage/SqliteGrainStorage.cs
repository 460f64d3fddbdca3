using System.Globalization;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>Grain state in a SQLite database: a row a record, its version the ETag, writes conditional on it.</summary>
/// <param name="database">The database.</param>
/// <param name="serializer">Turns states into bytes.</param>
public sealed class SqliteGrainStorage(SqliteDatabase database, IGrainStorageSerializer serializer) : IGrainStorage
{
    private const long NotRead = 0; // versions are far above
    private const string Select = "SELECT version, state FROM grain_state WHERE grain = $1 AND name = $2";
    private const string Stored = "SELECT version FROM grain_state WHERE grain = $1 AND name = $2";
    private const string Insert = "INSERT INTO grain_state (grain, name, version, state) VALUES ($1, $2, $3, $4) ON CONFLICT (grain, name) DO NOTHING";
    private const string Update = "UPDATE grain_state SET version = $3, state = $4 WHERE grain = $1 AND name = $2 AND version = $5";
    private const string Delete = "DELETE FROM grain_state WHERE grain = $1 AND name = $2 AND version = $3";

    /// <inheritdoc/>
    /// <exception cref="StorageException">The database failed, or the record cannot be read.</exception>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = database.Read(session =>
        {
            using var reader = session.Command(Select, grainId.ToString(), stateName).ExecuteReader();
            return reader.Read() ? new Record(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
        });
        try
        {
            grainState.State = record is null ? default : serializer.Deserialize<T>(new BinaryData(record.State));
        }
        catch (StorageException exception)
        {
            throw new StorageException($"State '{stateName}' of {grainId} in '{database.Path}': {exception.Message}", exception);
        }

        grainState.ETag = record is null ? null : ETag(record.Version);
        grainState.RecordExists = record is not null;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The database failed; nothing was written.</exception>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (grain, state, version) = (grainId.ToString(), serializer.Serialize(grainState.State).ToArray(), database.NextVersion());
        var read = Version(grainState.ETag);
        var lost = await database.WriteAsync(session =>
            (read == NotRead ? session.Command(Insert, grain, stateName, version, state) : session.Command(Update, grain, stateName, version, state, read)).ExecuteNonQuery() == 1
                ? null
                : new Lost(session.Scalar(Stored, grain, stateName) as long?));
        Check(lost, stateName, grainId, grainState.ETag);
        grainState.ETag = ETag(version);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The database failed; nothing was deleted.</exception>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var grain = grainId.ToString();
        var read = Version(grainState.ETag);
        var lost = await database.WriteAsync(session =>
        {
            if (read != NotRead && session.Command(Delete, grain, stateName, read).ExecuteNonQuery() == 1)
            {
                return null;
            }

            var stored = session.Scalar(Stored, grain, stateName) as long?;
            return read == NotRead && stored is null ? null : new Lost(stored);
        });
        Check(lost, stateName, grainId, grainState.ETag);
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static string ETag(long version) => version.ToString(CultureInfo.InvariantCulture);

    // An ETag of another store is none of ours: it matches no version, and the write loses its race.
    private static long Version(string? eTag) =>
        eTag is null ? NotRead : long.TryParse(eTag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;

    private static void Check(Lost? lost, string stateName, GrainId grainId, string? read)
    {
        if (lost is not null)
        {
            throw new InconsistentStateException(
                $"State '{stateName}' of {grainId} changed since it was read.", lost.Version is { } version ? ETag(version) : null, read);
        }
    }

    private sealed record Record(long Version, byte[] State);

    private sealed record Lost(long? Version);
}
