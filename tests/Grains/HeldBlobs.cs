using StepTool.Core.Storage;

namespace StepTool.Tests.Grains;

/// <summary>Blobs whose reading or erasing waits until the test lets it go on.</summary>
internal sealed class HeldBlobs(IBlobStore blobs) : IBlobStore, IBlobEraser
{
    private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _erasing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _erased = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _holds;
    private volatile bool _holdsErasing;

    public Task Erasing => _erasing.Task;

    public void HoldErasing() => _holdsErasing = true;

    public void ReleaseErasing()
    {
        _holdsErasing = false;
        _erased.SetResult();
    }

    public Task Reading => _reading.Task;

    private int _free = int.MaxValue;

    public void Hold() => _holds = true;

    public void HoldAfter(int reads) => _free = reads;

    public void Release()
    {
        (_holds, _free) = (false, int.MaxValue);
        _released.SetResult();
    }

    public ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => blobs.PutAsync(content, cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
    {
        if (_holds || Interlocked.Decrement(ref _free) == -1)
        {
            _reading.TrySetResult();
            await _released.Task.WaitAsync(cancellationToken);
        }

        return await blobs.GetAsync(hash, cancellationToken);
    }

    public ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken) => blobs.ExistsAsync(hash, cancellationToken);

    public async ValueTask EraseAsync(string hash, CancellationToken cancellationToken)
    {
        if (_holdsErasing)
        {
            _erasing.TrySetResult();
            await _erased.Task;
        }

        await ((IBlobEraser)blobs).EraseAsync(hash, cancellationToken);
    }
}
