using StepTool.Grains.State;
using Xunit;

namespace StepTool.Tests.Grains;

[Trait("Kind", "Unit")]
public sealed class SharedWriteTests
{
    private readonly List<int> _stored = [];
    private int _state;
    private Func<Task> _before = () => Task.CompletedTask;

    [Fact]
    public Task Save_SeveralAtOnce_AreOneWrite() => LikeAGrainAsync(async () =>
    {
        var write = Writer();
        var saves = Enumerable.Range(1, 5).Select(value => SetAsync(write, value)).ToArray();
        await Task.WhenAll(saves);
        Assert.Equal([5], _stored);
    });

    [Fact]
    public Task Save_WhileOneIsUnderWay_ReturnsAfterTheNext() => LikeAGrainAsync(async () =>
    {
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        _before = () =>
        {
            begun.TrySetResult();
            return gate.Task;
        };
        var write = Writer();
        var first = SetAsync(write, 1);
        await begun.Task;
        var second = SetAsync(write, 2);
        Assert.False(first.IsCompleted || second.IsCompleted);
        gate.SetResult();
        await Task.WhenAll(first, second);
        Assert.Equal([1, 2], _stored);
    });

    [Fact]
    public Task Save_Fails_TellsItsCallersAndTheNextStoresBoth() => LikeAGrainAsync(async () =>
    {
        var fails = true;
        _before = () => fails ? throw new IOException("full") : Task.CompletedTask;
        var write = Writer();
        await Assert.ThrowsAsync<IOException>(() => SetAsync(write, 1));
        Assert.True(write.HasFailed);
        fails = false;
        await write.StoredAsync();
        Assert.False(write.HasFailed);
        Assert.Equal([1], _stored);
    });

    [Fact]
    public Task Save_LingerOverBeforeItIsAwaited_LaterChangesAreWrittenToo() => LikeAGrainAsync(async () =>
    {
        // A thread that is held up for the few milliseconds of the linger finds it over.
        _before = () => Task.Delay(TimeSpan.FromMilliseconds(1));
        var write = Writer(new AtOnce());
        await SetAsync(write, 1);
        await SetAsync(write, 2);
        Assert.Equal([1, 2], _stored);
    });

    [Fact]
    public Task Stored_NothingToWrite_ReturnsWithoutAWrite() => LikeAGrainAsync(async () =>
    {
        var write = Writer();
        await write.StoredAsync();
        await SetAsync(write, 1);
        await write.StoredAsync();
        Assert.Equal([1], _stored);
    });

    private SharedWrite Writer(TimeProvider? time = null) => new(
        async () =>
        {
            var taken = _state;
            await _before();
            _stored.Add(taken);
        },
        time ?? TimeProvider.System);

    // One thing at a time, as on an activation's scheduler.
    private static Task LikeAGrainAsync(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    private Task SetAsync(SharedWrite write, int value)
    {
        _state = value;
        return write.SaveAsync();
    }

    /// <summary>Each timer is due by the time that it has been made.</summary>
    private sealed class AtOnce : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
