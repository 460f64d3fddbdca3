namespace StepTool.Tests.Engines;

/// <summary>
/// Moves a clock from timer to timer, each time all work of this process has come to rest, so that what takes no time by the clock takes none. Tests that use it
/// run alone, on threads of the pool: other tests' work would never rest, and other threads' is not seen.
/// </summary>
internal sealed class SimulatedTime : IDisposable
{
    private readonly ManualClock _clock;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
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
        var rest = new PoolRest();
        _started.SetResult();
        while (!_isOver)
        {
            rest.Wait(() => _isOver);
            _clock.AdvanceToNext();
        }
    }
}
