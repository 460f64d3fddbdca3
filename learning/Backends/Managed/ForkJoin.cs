using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace StepTool.Learning.Backends.Managed;

/// <summary>A few threads that share a loop's indices and end together; a run allocates nothing.</summary>
/// <remarks>
/// A run inside a run, or while another thread runs, is done by its caller alone: results must not depend on who does what. Helpers and caller look for each
/// other for a while before they sleep, since operations follow each other faster than a thread wakes.
/// </remarks>
internal sealed unsafe class ForkJoin : IDisposable
{
    /// <summary>The number of this thread in its run, and 1; 0 outside any run.</summary>
    [ThreadStatic]
    private static int _workerPlusOne;

    private static readonly long Patience = Stopwatch.Frequency / 20_000; // 50 microseconds

    private readonly Worker[] _helpers;
    private readonly SemaphoreSlim _finished = new(0);
    private readonly bool _isPatient;
    private Action<int, int>? _body;
    private delegate*<void*, int, void> _piece;
    private void* _work;
    private int _count;
    private int _next;
    private int _busy;
    private int _remaining;
    private int _callerSleeps;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _disposed;

    /// <summary>The number of the present run, and how many helpers it calls, in one word.</summary>
    private long _run;

    /// <summary>Starts the helpers.</summary>
    /// <param name="threads">How many threads work at once, the caller included.</param>
    public ForkJoin(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _isPatient = threads <= Environment.ProcessorCount;
        _helpers = new Worker[threads - 1];
        for (var index = 0; index < _helpers.Length; index++)
        {
            var worker = index + 1;
            _helpers[index] = new Worker(new Thread(() => Help(worker)) { IsBackground = true, Name = $"steptool-compute-{worker}" });
        }

        foreach (var helper in _helpers)
        {
            helper.Thread.Start();
        }
    }

    /// <summary>How many threads work at once.</summary>
    public int Threads { get; }

    /// <summary>Whether the calling thread is inside a run.</summary>
    public static bool IsInside => _workerPlusOne > 0;

    /// <summary>Runs <paramref name="body"/> with each index and the worker's number; the first exception is thrown again when all have stopped.</summary>
    public void Run(int count, Action<int, int> body)
    {
        if (Enter(count))
        {
            _body = body;
            Share(count);
            return;
        }

        var outer = _workerPlusOne;
        _workerPlusOne = Math.Max(outer, 1);
        try
        {
            for (var index = 0; index < count; index++)
            {
                body(index, _workerPlusOne - 1);
            }
        }
        finally
        {
            _workerPlusOne = outer;
        }
    }

    /// <summary>Runs the pieces of one operation, which starts no other run.</summary>
    public void Run<TWork>(int count, in TWork work)
        where TWork : unmanaged, IWork
    {
        fixed (TWork* pointer = &work)
        {
            if (Enter(count))
            {
                _piece = &RunPiece<TWork>;
                _work = pointer;
                Share(count);
                return;
            }

            for (var index = 0; index < count; index++)
            {
                pointer->Run(index);
            }
        }
    }

    /// <summary>Ends the helpers.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (var helper in _helpers)
        {
            helper.Wake.Release();
            helper.Thread.Join();
            helper.Wake.Dispose();
        }

        _finished.Dispose();
    }

    private static void RunPiece<TWork>(void* work, int index)
        where TWork : unmanaged, IWork => ((TWork*)work)->Run(index);

    private bool Enter(int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return count > 1 && Threads > 1 && !IsInside && Interlocked.CompareExchange(ref _busy, 1, 0) == 0;
    }

    private void Share(int count)
    {
        try
        {
            var called = Math.Min(_helpers.Length, count - 1);
            (_count, _next, _remaining, _failure) = (count, 0, called, null);
            Interlocked.Exchange(ref _run, (((_run >> 32) + 1) << 32) | (uint)called);
            for (var index = 0; index < called; index++)
            {
                if (Interlocked.Exchange(ref _helpers[index].Sleeps, 0) == 1)
                {
                    _helpers[index].Wake.Release();
                }
            }

            Work(0);
            Join();
            _failure?.Throw();
        }
        finally
        {
            _body = null;
            Volatile.Write(ref _busy, 0);
        }
    }

    private void Join()
    {
        for (var start = Stopwatch.GetTimestamp(); _isPatient && Stopwatch.GetTimestamp() - start < Patience; Thread.SpinWait(10))
        {
            if (Volatile.Read(ref _remaining) == 0)
            {
                return;
            }
        }

        // Whoever takes the mark back decides: the caller, who then need not sleep, or a helper, who then wakes it. The last helper of the run before may be late.
        while (Volatile.Read(ref _remaining) > 0)
        {
            Interlocked.Exchange(ref _callerSleeps, 1);
            if (Volatile.Read(ref _remaining) > 0 || Interlocked.Exchange(ref _callerSleeps, 0) == 0)
            {
                _finished.Wait();
            }
        }
    }

    private void Help(int worker)
    {
        for (var seen = 0L; ;)
        {
            var run = Await(_helpers[worker - 1], seen, worker);
            if (_disposed)
            {
                return;
            }

            seen = run >> 32;
            Work(worker);
            if (Interlocked.Decrement(ref _remaining) == 0 && Interlocked.Exchange(ref _callerSleeps, 0) == 1)
            {
                _finished.Release();
            }
        }
    }

    /// <summary>Waits for the next run that calls this worker.</summary>
    private long Await(Worker own, long seen, int worker)
    {
        while (true)
        {
            for (var start = Stopwatch.GetTimestamp(); _isPatient && Stopwatch.GetTimestamp() - start < Patience; Thread.SpinWait(10))
            {
                if (IsCalled(seen, worker, out var run))
                {
                    return run;
                }
            }

            Interlocked.Exchange(ref own.Sleeps, 1);
            if (!IsCalled(seen, worker, out _) || Interlocked.Exchange(ref own.Sleeps, 0) == 0)
            {
                own.Wake.Wait();
            }

            if (IsCalled(seen, worker, out var next))
            {
                return next;
            }
        }
    }

    private bool IsCalled(long seen, int worker, out long run)
    {
        run = Volatile.Read(ref _run);
        return _disposed || (run >> 32 != seen && worker <= (int)run);
    }

    private void Work(int worker)
    {
        _workerPlusOne = worker + 1;
        try
        {
            var body = _body;
            for (int index; (index = Interlocked.Increment(ref _next) - 1) < _count;)
            {
                if (body is not null)
                {
                    body(index, worker);
                }
                else
                {
                    _piece(_work, index);
                }
            }
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            Volatile.Write(ref _next, _count);
        }
        finally
        {
            _workerPlusOne = 0;
        }
    }

    private sealed class Worker(Thread thread)
    {
        public int Sleeps;

        public Thread Thread { get; } = thread;

        public SemaphoreSlim Wake { get; } = new(0);
    }
}
