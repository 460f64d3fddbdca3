using Orleans;
using StepTool.Embedded.Calls;

namespace StepTool.Embedded.Activations;

internal sealed partial class Activation
{
    private long _idleSince;
    private long _keptUntil;
    private bool _used;
    private bool _watched;

    /// <summary>Keeps the activation from being collected for this time from now.</summary>
    internal void DelayDeactivation(TimeSpan span)
    {
        lock (_gate)
        {
            _keptUntil = span == Timeout.InfiniteTimeSpan || span > TimeSpan.FromDays(36_500) ? long.MaxValue
                : span <= TimeSpan.Zero ? 0
                : Time.GetTimestamp() + (long)(span.TotalSeconds * Time.TimestampFrequency);
        }
    }

    /// <summary>Starts the idle clock if the activation was used, and gives its requests; false when it has none and need not be watched.</summary>
    internal bool Look(long now, List<Request> requests)
    {
        lock (_gate)
        {
            StartIdleClock(now);
            _running.CopyTo(requests);
            _waiting.CopyTo(requests);
            return _watched = _running.First is not null || _waiting.First is not null;
        }
    }

    /// <summary>Ends the activation if it has been idle for its class's age.</summary>
    internal void CollectIfIdle(long now)
    {
        lock (_gate)
        {
            StartIdleClock(now);
            if (_phase != Phase.Active || _running.First is not null || _work.Count > 0 || _keptUntil > now
                || Class.CollectionAge is not { } age || Time.GetElapsedTime(_idleSince, now) < age)
            {
                return;
            }
        }

        // a call that gets in between here and there only moves on to the next activation
        Deactivate(new(DeactivationReasonCode.ActivationIdle, $"Idle for {Class.CollectionAge}."));
    }

    private void StartIdleClock(long now)
    {
        if (_used)
        {
            _idleSince = now;
            _used = false;
        }
    }
}
