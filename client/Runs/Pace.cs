using System.Collections.Immutable;
using StepTool.Core.Runs;

namespace StepTool.Client.Runs;

/// <summary>How fast a run goes and how long it will take still.</summary>
/// <param name="stages">All stages with their number of episodes; empty where the plan is not known.</param>
internal sealed class Pace(ImmutableArray<PlannedStage> stages)
{
    private const double WindowSeconds = 5;

    private readonly Queue<(TimeSpan At, long Done)> _seen = [];

    /// <summary>Episodes per second over the last seconds.</summary>
    public double Rate(TimeSpan elapsed, long done)
    {
        _seen.Enqueue((elapsed, done));
        while (_seen.Count > 2 && (elapsed - _seen.Peek().At).TotalSeconds > WindowSeconds)
        {
            _seen.Dequeue();
        }

        var (at, before) = _seen.Peek();
        return elapsed > at ? Math.Max(0, done - before) / (elapsed - at).TotalSeconds : 0;
    }

    /// <summary>Time left, from what updates and evaluated episodes have cost so far; null until something has been measured.</summary>
    public TimeSpan? Remaining(RunStatus status)
    {
        if (stages.IsEmpty || status.Phase != RunPhase.Running)
        {
            return null;
        }

        var evaluated = Cost(status, "evaluate");
        var trained = Cost(status, "train");
        var (evaluationLeft, trainingLeft) = (0L, 0L);
        foreach (var (index, stage) in stages.Index())
        {
            var left = stage.Episodes - (index < status.Stages.Length ? status.Stages[index].Done : 0);
            (evaluationLeft, trainingLeft) = stage.IsTraining ? (evaluationLeft, trainingLeft + left) : (evaluationLeft + left, trainingLeft);
        }

        return evaluated is null || (trainingLeft > 0 && trained is null)
            ? null
            : TimeSpan.FromSeconds((evaluationLeft * evaluated.Value) + (trainingLeft * (trained ?? 0)));
    }

    // Seconds an episode, over all stages of the kind; before its first update a training has paid for its beginning alone.
    private static double? Cost(RunStatus status, string kind)
    {
        var own = status.Stages.Where(stage => stage.Kind == kind).ToList();
        var done = own.Sum(stage => stage.Done);
        return done == 0 || (kind == "train" && own.Sum(stage => stage.Updates) == 0) ? null : own.Sum(stage => stage.Seconds) / done;
    }
}
