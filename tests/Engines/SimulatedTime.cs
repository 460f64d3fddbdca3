namespace StepTool.Tests.Engines;

/// <summary>
/// Moves a clock from timer to timer, each time all work of this process has come to rest, so that what takes no time by the clock takes none. Tests that use it
/// run alone, on threads of the pool: other tests' work would never rest, and other threads' is not seen.
/// </summary>
internal sealed class SimulatedTime : IDisposable
{
    private const int Looks = 3;
    private readonly ManualClock _clock;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _others;
    private volatile bool _isOver;

    private SimulatedTime(ManualClock clock)
    {
        _clock = clock;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Begins; awaited, so that the test itself does not count among the threads that are always busy.</summary>
    public static async Task<SimulatedTime> StartAsync(ManualClock clock)
    {
        var time = new SimulatedTime(clock);
        await time._started.Task;
        return time;
    }

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
    }

    private void Run()
    {
        _others = Enumerable.Range(0, 100_000).Min(_ => Busy());
        _started.SetResult();
        while (!_isOver)
        {
            Rest();
            _clock.AdvanceToNext();
        }
    }

    private void Rest()
    {
        var spin = default(SpinWait);
        for (var still = 0; still < Looks && !_isOver; still = Busy() <= _others ? still + 1 : 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private static int Busy()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return most - free + (int)Math.Min(int.MaxValue, ThreadPool.PendingWorkItemCount);
    }
}
