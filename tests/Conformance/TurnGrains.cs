using Orleans.Concurrency;
using Orleans.Runtime;

namespace StepTool.Tests.Conformance;

public interface ITurnGrain : IGrainWithStringKey
{
    /// <summary>Holds the turn at a gate.</summary>
    Task HoldAsync(string gate);

    /// <summary>A normal call that returns at once.</summary>
    Task TouchAsync(string note);

    [AlwaysInterleave]
    Task PeekAsync();

    [ReadOnly]
    Task ReadAsync(string gate);

    Task<bool> StaysOnSchedulerAsync();

    /// <summary>Reads, gives way many times, writes: lost updates show where turns are not exclusive.</summary>
    Task<int> AddSlowlyAsync(int yields);

    ValueTask<int> SumAsync();

    Task<string?> ContextAsync(string key);

    /// <summary>Starts work that no call waits for.</summary>
    Task DetachAsync(string gate);

    /// <summary>Calls itself through its own reference.</summary>
    Task<string> CallSelfAsync();
}

public sealed class TurnGrain(Probe probe) : Grain, ITurnGrain
{
    private static readonly AsyncLocal<string?> Leak = new();
    private int _sum;

    public Task HoldAsync(string gate) => probe.PassAsync(gate);

    public Task TouchAsync(string note)
    {
        probe.Notes.Enqueue(note);
        return Task.CompletedTask;
    }

    public Task PeekAsync() => Task.CompletedTask;

    public Task ReadAsync(string gate) => probe.PassAsync(gate);

    public async Task<bool> StaysOnSchedulerAsync()
    {
        var scheduler = TaskScheduler.Current;
        await Task.Yield();
        var afterYield = TaskScheduler.Current;
        await Task.Run(() => { });
        var afterRun = TaskScheduler.Current;
        await using (var timer = TimeProvider.System.CreateTimer(_ => { }, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan))
        {
        }

        return scheduler != TaskScheduler.Default && scheduler == afterYield && scheduler == afterRun && scheduler == TaskScheduler.Current;
    }

    public async Task<int> AddSlowlyAsync(int yields)
    {
        var sum = _sum;
        for (var i = 0; i < yields; i++)
        {
            await Task.Yield();
        }

        return _sum = sum + 1;
    }

    public ValueTask<int> SumAsync() => new(_sum);

    public Task<string?> ContextAsync(string key)
    {
        // not async, so what it sets here would stay in the thread's context
        var seen = Leak.Value ?? RequestContext.Get(key) as string;
        Leak.Value = "leaked";
        return Task.FromResult(seen);
    }

    public Task DetachAsync(string gate)
    {
        _ = WorkAsync();
        return Task.CompletedTask;

        async Task WorkAsync()
        {
            await Task.Yield();
            var scheduler = TaskScheduler.Current;
            await probe.PassAsync(gate);
            probe.Signal($"detached {gate}", (scheduler == TaskScheduler.Current && scheduler != TaskScheduler.Default).ToString());
        }
    }

    public async Task<string> CallSelfAsync()
    {
        try
        {
            await this.AsReference<ITurnGrain>().SumAsync();
            return "answered";
        }
        catch (TimeoutException exception)
        {
            return exception.Message;
        }
    }
}

public interface IReentrantGrain : IGrainWithStringKey
{
    Task HoldAsync(string gate);

    Task TouchAsync();
}

[Reentrant]
public sealed class ReentrantGrain(Probe probe) : Grain, IReentrantGrain
{
    public Task HoldAsync(string gate) => probe.PassAsync(gate);

    public Task TouchAsync() => Task.CompletedTask;
}
