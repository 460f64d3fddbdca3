using System.Collections.Concurrent;
using StepTool.Embedded.Calls;
using StepTool.Embedded.Hosting;

namespace StepTool.Embedded.Activations;

/// <summary>Times out calls and collects idle activations, for all activations with two timers.</summary>
/// <remarks>An activation is looked at only from its first call until it stands still, so that idle ones cost nothing here.</remarks>
internal sealed class ActivationClock(TimeProvider time, EmbeddedOptions options, IEnumerable<TimeSpan> methodTimeouts, IReadOnlyDictionary<Orleans.Runtime.GrainId, Activation> catalog)
    : IDisposable
{
    private readonly ConcurrentQueue<Activation> _watched = new();
    private readonly TimeSpan _step = Step(methodTimeouts.Append(options.ResponseTimeout).Min());
    private ITimer? _calls;
    private ITimer? _idle;
    private int _looking;

    internal void Start()
    {
        _calls = time.CreateTimer(_ => LookAtCalls(), null, _step, _step);
        _idle = time.CreateTimer(_ => LookAtIdle(), null, options.CollectionQuantum, options.CollectionQuantum);
    }

    internal void Watch(Activation activation) => _watched.Enqueue(activation);

    /// <summary>Every request that runs or waits anywhere.</summary>
    internal List<Request> InFlight()
    {
        var requests = new List<Request>();
        for (var count = _watched.Count; count > 0 && _watched.TryDequeue(out var activation); count--)
        {
            if (activation.Look(time.GetTimestamp(), requests))
            {
                _watched.Enqueue(activation);
            }
        }

        return requests;
    }

    public void Dispose()
    {
        _calls?.Dispose();
        _idle?.Dispose();
    }

    /// <summary>A tenth of the shortest time-out, between 10 ms and 1 s: how late a time-out may come.</summary>
    private static TimeSpan Step(TimeSpan shortest) => TimeSpan.FromMilliseconds(Math.Clamp(shortest.TotalMilliseconds / 10, 10, 1000));

    private void LookAtCalls()
    {
        if (Interlocked.Exchange(ref _looking, 1) == 1)
        {
            return;
        }

        try
        {
            var requests = InFlight();
            var now = time.GetTimestamp();
            CallGraph? graph = null;
            foreach (var request in requests)
            {
                var limit = request.Timeout ?? options.ResponseTimeout;
                if (limit != Timeout.InfiniteTimeSpan && !request.IsAnswered && time.GetElapsedTime(request.SentAt, now) >= limit)
                {
                    graph ??= new CallGraph(requests);
                    request.TimeOut(graph.Describe(request, limit));
                }
            }
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    private void LookAtIdle()
    {
        foreach (var (_, activation) in catalog)
        {
            activation.CollectIfIdle(time.GetTimestamp());
        }
    }
}
