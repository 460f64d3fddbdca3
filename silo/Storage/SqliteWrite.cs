using Microsoft.Data.Sqlite;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>A write that waits for its group's commit.</summary>
internal abstract class SqliteWrite
{
    /// <summary>Does the write inside the group's transaction.</summary>
    public abstract void Execute(SqliteSession session, string path);

    /// <summary>Answers its caller: the group is committed.</summary>
    public abstract void Complete();

    /// <summary>Answers its caller: nothing was written.</summary>
    public abstract void Fail(StorageException fault);
}

/// <summary>A write with its result.</summary>
internal sealed class SqliteWrite<T>(Func<SqliteSession, T> work) : SqliteWrite
{
    // Callers go on elsewhere: the writer's loop must not run their code.
    private readonly TaskCompletionSource<T> _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;
    private StorageException? _refused;

    /// <summary>Ends with the commit.</summary>
    public Task<T> Committed => _committed.Task;

    public override void Execute(SqliteSession session, string path)
    {
        try
        {
            _result = work(session);
        }
        catch (SqliteException error) when (error.SqliteErrorCode == SqliteFault.TooBig)
        {
            _refused = SqliteFault.Explain(path, error);
        }
    }

    public override void Complete()
    {
        if (_refused is null)
        {
            _committed.SetResult(_result);
        }
        else
        {
            _committed.SetException(_refused);
        }
    }

    public override void Fail(StorageException fault) => _committed.TrySetException(new StorageException(fault.Message, fault));
}
