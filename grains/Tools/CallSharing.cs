using StepTool.Core.Tools;

namespace StepTool.Grains.Tools;

/// <summary>Which calls are one: equal ones in flight, and, where calls mutate, those of one id for as long as it is remembered. On one activation's scheduler only.</summary>
internal sealed class CallSharing(ToolCounters counters)
{
    private const int MostRemembered = 1024;
    private readonly Dictionary<Shared, Task<ToolReply>> _inFlight = [];
    private readonly Dictionary<string, ToolReply> _made = [];
    private readonly Queue<string> _order = [];

    /// <summary>Joins an equal call in flight, or makes it.</summary>
    internal async Task<ToolReply> JoinAsync<TState>(Shared shared, Func<TState, Task<ToolReply>> make, TState state)
    {
        if (_inFlight.TryGetValue(shared, out var call))
        {
            counters.Coalesced++;
            return await call;
        }

        call = make(state);
        if (call.IsCompleted)
        {
            return await call;
        }

        _inFlight[shared] = call;
        try
        {
            return await call;
        }
        finally
        {
            _inFlight.Remove(shared);
        }
    }

    /// <summary>What came of a mutating call that was made; null for one that was not, as far as is remembered.</summary>
    internal ToolReply? Made(string callId) => _made.GetValueOrDefault(callId);

    /// <summary>Remembers a mutating call that was made, so that it is not made again.</summary>
    internal void Remember(string callId, ToolReply reply)
    {
        if (_made.TryAdd(callId, reply))
        {
            _order.Enqueue(callId);
        }

        if (_order.Count > MostRemembered)
        {
            _made.Remove(_order.Dequeue());
        }
    }

    /// <summary>What equal calls have in common.</summary>
    /// <param name="Mode">Where the answer may come from.</param>
    /// <param name="Key">Arguments, or the id of a call that mutates.</param>
    /// <param name="Attempt">Which try within its episode, where that makes a difference.</param>
    internal readonly record struct Shared(ToolMode Mode, string Key, int Attempt);
}
