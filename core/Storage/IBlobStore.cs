namespace StepTool.Core.Storage;

/// <summary>Content-addressed store of large things: worlds, weights, trajectories. What is stored never changes.</summary>
public interface IBlobStore
{
    /// <summary>Stores content under its SHA-256 and returns that hash as 64 lower-case hexadecimal digits. Storing twice is harmless.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Reads content and checks it against its hash.</summary>
    /// <exception cref="StorageException">Nothing is stored under the hash, it is corrupt, or the store failed.</exception>
    ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken);

    /// <summary>Whether something is stored under the hash.</summary>
    ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken);
}

/// <summary>State or blob storage failed: the boundary's one exception.</summary>
public sealed class StorageException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StorageException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public StorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>What is stored is damaged or missing: no retry cures it, and it stays as it is until somebody puts back a copy or deletes it.</summary>
    public static StorageException OfDamage(string message, Exception? cause = null) => new(message, new DamageException(message, cause));

    /// <summary>Whether an exception, or one that caused it, says that what is stored is damaged or missing.</summary>
    public static bool IsDamage(Exception? exception) => Damage(exception) is not null;

    /// <summary>What is damaged, where, and what to do, in one sentence of whoever read it; null where an exception and its causes tell of no damage.</summary>
    public static string? Damage(Exception? exception)
    {
        string? told = null;
        for (; exception is not null; exception = exception.InnerException)
        {
            told ??= (exception as StorageException)?.Message;
            if (exception is DamageException)
            {
                return told ?? exception.Message;
            }
        }

        return null;
    }
}

/// <summary>The cause that marks damage. It is a type and not a property, since exceptions keep their type and their causes when they cross silos, and nothing else.</summary>
public sealed class DamageException(string message, Exception? innerException) : Exception(message, innerException);
