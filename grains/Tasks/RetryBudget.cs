using StepTool.Core.Episodes;

namespace StepTool.Grains.Tasks;

/// <summary>
/// Back-off of one episode's failing step, doubling from 50 ms to 30 s, and how often a boundary may fail in a row before it is the episode's fault, each counted for
/// itself: storage as often as it does, since every step needs it and it comes back; the others a few times.
/// </summary>
internal sealed class RetryBudget
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);

    /// <summary>How long to wait for somebody to mend what is stored.</summary>
    internal static readonly TimeSpan AfterDamage = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);
    private readonly Dictionary<FaultBoundary, int> _failed = [];
    private int _failures;

    /// <summary>Failures of the step so far.</summary>
    internal int InARow => _failures;

    /// <summary>Counts a failure of a boundary. True when it ends the episode instead of being tried again.</summary>
    internal bool IsSpentBy(FaultBoundary boundary)
    {
        var most = boundary switch
        {
            FaultBoundary.Tool or FaultBoundary.Policy => 5,
            FaultBoundary.Judge => 2,
            FaultBoundary.Storage => int.MaxValue,
            _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "There is no such boundary."),
        };
        return (_failed[boundary] = _failed.GetValueOrDefault(boundary) + 1) > most;
    }

    /// <summary>Counts a failure of the step, whatever failed, and says how long to wait.</summary>
    internal TimeSpan Next()
    {
        var wait = TimeSpan.FromTicks(Math.Min(Most.Ticks, First.Ticks << Math.Min(_failures, 16)));
        _failures++;
        return wait;
    }

    /// <summary>Forgets all failures.</summary>
    internal void Reset()
    {
        _failed.Clear();
        _failures = 0;
    }
}
