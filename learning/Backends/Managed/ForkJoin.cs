using System.Runtime.ExceptionServices;

namespace StepTool.Learning.Backends.Managed;

/// <summary>A few threads that share a loop's indices and end together; a run allocates nothing.</summary>
/// <remarks>A run inside a run, or while another thread runs, is done by its caller alone: results must not depend on who does what.</remarks>
internal sealed class ForkJoin : IDisposable
{
    /// <summary>The number of this thread in its run; -1 outside any run.</summary>
    [ThreadStatic]
    private static int _workerPlusOne;

    private readonly SemaphoreSlim _start = new(0);
    private readonly SemaphoreSlim _finished = new(0);
    private readonly Thread[] _helpers;
    private Action<int, int>? _body;
    private int _count;
    private int _next;
    private int _busy;
    private int _helpersCalled;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _disposed;

    /// <summary>Starts the helpers.</summary>
    /// <param name="threads">How many threads work at once, the caller included.</param>
    public ForkJoin(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _helpers = new Thread[threads - 1];
        for (var index = 0; index < _helpers.Length; index++)
        {
            var worker = index + 1;
            _helpers[index] = new Thread(() => Help(worker)) { IsBackground = true, Name = $"steptool-compute-{worker}" };
            _helpers[index].Start();
        }
    }

    /// <summary>How many threads work at once.</summary>
    public int Threads { get; }

    /// <summary>Whether the calling thread is inside a run.</summary>
    public static bool IsInside => _workerPlusOne > 0;

    /// <summary>Runs <paramref name="body"/> with each index and the worker's number; the first exception is thrown again when all have stopped.</summary>
    public void Run(int count, Action<int, int> body)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (count <= 0)
        {
            return;
        }

        if (Threads == 1 || count == 1 || IsInside || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            RunAlone(count, body);
            return;
        }

        try
        {
            _body = body;
            _count = count;
            _next = 0;
            _failure = null;
            _helpersCalled = Math.Min(_helpers.Length, count - 1);
            _start.Release(_helpersCalled);
            Work(0);
            for (var helper = 0; helper < _helpersCalled; helper++)
            {
                _finished.Wait();
            }

            _body = null;
            _failure?.Throw();
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
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
        if (_helpers.Length > 0)
        {
            _start.Release(_helpers.Length);
        }

        foreach (var helper in _helpers)
        {
            helper.Join();
        }

        _start.Dispose();
        _finished.Dispose();
    }

    private static void RunAlone(int count, Action<int, int> body)
    {
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

    private void Help(int worker)
    {
        while (true)
        {
            _start.Wait();
            if (_disposed)
            {
                return;
            }

            Work(worker);
            _finished.Release();
        }
    }

    private void Work(int worker)
    {
        _workerPlusOne = worker + 1;
        try
        {
            while (true)
            {
                var index = Interlocked.Increment(ref _next) - 1;
                if (index >= _count)
                {
                    return;
                }

                _body!(index, worker);
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
}
