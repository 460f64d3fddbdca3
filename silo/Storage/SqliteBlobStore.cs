using StepTool.Core.Chance;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>
/// Small blobs, which are the many trajectories, as rows of the database; large ones, which are worlds and weights, as files. Rows share the group commits of
/// grain state and its order: a state that names a small blob is never on disk without it.
/// </summary>
/// <param name="database">Holds the small ones.</param>
/// <param name="large">Holds the large ones.</param>
public sealed class SqliteBlobStore(SqliteDatabase database, FolderBlobStore large) : IBlobStore, IBlobEraser
{
    /// <summary>Bytes from which a blob is a file.</summary>
    public const int LargeFrom = 64 << 10;

    private const string Insert = "INSERT INTO blob (hash, content) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    private const string Select = "SELECT content FROM blob WHERE hash = $1";
    private const string Delete = "DELETE FROM blob WHERE hash = $1";
    private const string Exists = "SELECT 1 FROM blob WHERE hash = $1";

    /// <inheritdoc/>
    public async ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (content.Length >= LargeFrom)
        {
            return await large.PutAsync(content, cancellationToken);
        }

        var (hash, bytes) = (StableHash.Content(content.Span), content.ToArray());
        var key = Convert.FromHexString(hash);
        await database.WriteAsync(session => session.Command(Insert, key, bytes).ExecuteNonQuery(), cancellationToken);
        return hash;
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        if (database.Read(session => session.Scalar(Select, Convert.FromHexString(hash))) is not byte[] content)
        {
            return await large.GetAsync(hash, cancellationToken);
        }

        return StableHash.Content(content) == hash
            ? content
            : throw StorageException.OfDamage($"Blob {hash} in '{database.Path}' is corrupt: its {content.Length} bytes do not have that hash. {SqliteFault.CorruptRemedy}");
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        return database.Read(session => session.Scalar(Exists, Convert.FromHexString(hash))) is not null || await large.ExistsAsync(hash, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask EraseAsync(string hash, CancellationToken cancellationToken)
    {
        ContentHash.Check(hash);
        if (await database.WriteAsync(session => session.Command(Delete, Convert.FromHexString(hash)).ExecuteNonQuery(), cancellationToken) == 0)
        {
            await large.EraseAsync(hash, cancellationToken);
        }
    }
}
