using System.Diagnostics;

namespace StepTool.Tests.Engines;

/// <summary>
/// Tells when all work on the pool's threads has come to rest. Tests that use it run alone: other tests' work would never rest, and other threads' is not seen.
/// Made while the test itself is not on a thread of the pool, so that it does not count among those that are always busy.
/// </summary>
internal sealed class PoolRest
{
    private const int Looks = 3;
    private int _others;

    /// <summary>Looks how many threads are busy while nothing is to be done: for a while, since others may just be ending.</summary>
    public PoolRest()
    {
        var (watch, spin) = (Stopwatch.StartNew(), default(SpinWait));
        for (_others = Busy(); watch.ElapsedMilliseconds < 30; _others = Math.Min(_others, Busy()))
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Returns when nothing works any more, or it is over.</summary>
    public void Wait(Func<bool> isOver)
    {
        var (spin, done) = (default(SpinWait), -1L);
        for (var still = 0; still < Looks && !isOver();)
        {
            spin.SpinOnce(sleep1Threshold: -1);
            var (busy, before) = (Busy(), done);
            done = ThreadPool.CompletedWorkItemCount;
            still = busy <= _others && done == before ? still + 1 : 0;
            _others = Math.Min(_others, busy);
        }
    }

    // What waits is counted before and after: a piece of work goes from there to a thread, and its thread may leave more there.
    private static int Busy()
    {
        var waited = ThreadPool.PendingWorkItemCount;
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return most - free + (int)Math.Min(int.MaxValue, waited + ThreadPool.PendingWorkItemCount);
    }
}
