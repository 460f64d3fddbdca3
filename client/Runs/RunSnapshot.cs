using System.Collections.Immutable;
using StepTool.Core.Runs;

namespace StepTool.Client.Runs;

/// <summary>A run as it is now.</summary>
/// <param name="Status">How far it is.</param>
/// <param name="Metrics">What the newest update measured, by name; empty before the first.</param>
/// <param name="EpisodesPerSecond">Episodes ended in the last seconds, per second.</param>
/// <param name="Remaining">Estimate of the time left; null while nothing tells.</param>
internal sealed record RunSnapshot(
    RunStatus Status, ImmutableSortedDictionary<string, double> Metrics, double EpisodesPerSecond, TimeSpan? Remaining)
{
    /// <summary>All stages with their number of episodes; empty where the plan is not known.</summary>
    public ImmutableArray<PlannedStage> Planned { get; init; } = [];

    /// <summary>Episodes ended so far.</summary>
    public long Done => Status.Stages.Sum(stage => stage.Done);
}

/// <summary>A stage of a plan.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsTraining">Whether it trains or evaluates.</param>
/// <param name="Episodes">Its episodes.</param>
/// <param name="Updates">Its updates; 0 for evaluations.</param>
internal sealed record PlannedStage(string Name, bool IsTraining, long Episodes, int Updates);
