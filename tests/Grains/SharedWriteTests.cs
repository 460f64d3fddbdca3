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
    public async Task Save_SeveralAtOnce_AreOneWrite()
    {
        var write = Writer();
        var saves = Enumerable.Range(1, 5).Select(value => SetAsync(write, value)).ToArray();
        await Task.WhenAll(saves);
        Assert.Equal([5], _stored);
    }

    [Fact]
    public async Task Save_WhileOneIsUnderWay_ReturnsAfterTheNext()
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
    }

    [Fact]
    public async Task Save_Fails_TellsItsCallersAndTheNextStoresBoth()
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
    }

    [Fact]
    public async Task Stored_NothingToWrite_ReturnsWithoutAWrite()
    {
        var write = Writer();
        await write.StoredAsync();
        await SetAsync(write, 1);
        await write.StoredAsync();
        Assert.Equal([1], _stored);
    }

    private SharedWrite Writer() => new(
        async () =>
        {
            var taken = _state;
            await _before();
            _stored.Add(taken);
        },
        TimeProvider.System);

    private Task SetAsync(SharedWrite write, int value)
    {
        _state = value;
        return write.SaveAsync();
    }
}
