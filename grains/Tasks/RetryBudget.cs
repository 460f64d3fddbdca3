namespace StepTool.Grains.Tasks;

/// <summary>Back-off of one episode's failing step: doubling from 50 ms to 30 s; spent after five failures in a row.</summary>
internal sealed class RetryBudget
{
    private const int MaxFailures = 5;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);
    private int _failures;

    /// <summary>Whether boundaries that may fail an episode should do so now instead of being tried again.</summary>
    internal bool IsSpent => _failures >= MaxFailures;

    /// <summary>Counts a failure and says how long to wait.</summary>
    internal TimeSpan Next()
    {
        var wait = TimeSpan.FromTicks(Math.Min(Most.Ticks, First.Ticks << Math.Min(_failures, 16)));
        _failures++;
        return wait;
    }

    /// <summary>Forgets all failures.</summary>
    internal void Reset() => _failures = 0;
}
