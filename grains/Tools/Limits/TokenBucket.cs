namespace StepTool.Grains.Tools.Limits;

/// <summary>
/// A token bucket as the generic cell rate algorithm writes it: one time instead of a count, so that it tells beforehand how long a token is to be waited
/// for. No clock of its own; not safe for concurrent use.
/// </summary>
internal sealed class TokenBucket
{
    private readonly TimeSpan _interval;
    private readonly int _burst;
    private DateTimeOffset _full = DateTimeOffset.MinValue; // when the bucket will be full again

    internal TokenBucket(double perSecond, int burst) => (_interval, _burst) = (perSecond > 0 ? TimeSpan.FromSeconds(1 / perSecond) : TimeSpan.Zero, burst);

    /// <summary>Time between two tokens; zero where there is no limit.</summary>
    internal TimeSpan Interval => _interval;

    /// <summary>How long to wait for the next token.</summary>
    internal TimeSpan Wait(DateTimeOffset now)
    {
        var earliest = Full(now) - ((_burst - 1) * _interval);
        return earliest > now ? earliest - now : TimeSpan.Zero;
    }

    /// <summary>Takes the next token, which may be used after <see cref="Wait"/>.</summary>
    internal void Take(DateTimeOffset now) => _full = Full(now) + _interval;

    /// <summary>Takes as many tokens as are there, up to a count.</summary>
    internal int TakeUpTo(int count, DateTimeOffset now)
    {
        if (_interval == TimeSpan.Zero)
        {
            return count;
        }

        var there = _burst - (int)Math.Ceiling((Full(now) - now) / _interval);
        var taken = Math.Clamp(count, 0, Math.Max(0, there));
        _full = Full(now) + (taken * _interval);
        return taken;
    }

    private DateTimeOffset Full(DateTimeOffset now) => _full > now ? _full : now;
}
