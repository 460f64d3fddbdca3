using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Tasks;
using StepTool.Core.Worlds;

namespace StepTool.Core.Runs;

/// <summary>Decides what a run with stages does: which ordinals a stage has, which rollout an ordinal is, and what may be enqueued now.</summary>
public sealed class RunEngine
{
    private readonly IWorld _world;
    private readonly ImmutableArray<StageTasks> _stages;

    /// <summary>Lays out the plan's ordinals over the world's tasks.</summary>
    /// <exception cref="ArgumentException">A stage has no tasks.</exception>
    public RunEngine(RunPlan plan, IWorld world)
    {
        Plan = plan;
        _world = world;
        var first = 0L;
        var stages = ImmutableArray.CreateBuilder<StageTasks>(plan.Stages.Length);
        foreach (var stage in plan.Stages)
        {
            var tasks = Select(stage);
            if (tasks.Length == 0)
            {
                throw new ArgumentException(
                    stage is TrainStage { Demonstrated: true }
                        ? $"Stage '{stage.Name}' of run '{plan.Run}' learns from demonstrations, and world '{plan.World}' has none for its tasks. Choose another method or world, or groups that have some."
                        : $"Stage '{stage.Name}' of run '{plan.Run}' has no tasks in world '{plan.World}'; choose a split or groups that have some.");
            }

            var count = stage is TrainStage train ? (long)train.Iterations * train.BatchSize : tasks.Length;
            stages.Add(new StageTasks(stage, first, count, tasks));
            first += count;
        }

        _stages = stages.DrainToImmutable();
    }

    /// <summary>The plan.</summary>
    public RunPlan Plan { get; }

    /// <summary>Number of stages.</summary>
    public int StageCount => _stages.Length;

    /// <summary>First ordinal of a stage.</summary>
    public long First(int stage) => _stages[stage].First;

    /// <summary>Number of ordinals of a stage.</summary>
    public long Count(int stage) => _stages[stage].Count;

    /// <summary>The stage an ordinal belongs to, or -1.</summary>
    public int StageOf(long ordinal)
    {
        for (var stage = 0; stage < _stages.Length; stage++)
        {
            if (ordinal >= _stages[stage].First && ordinal < _stages[stage].First + _stages[stage].Count)
            {
                return stage;
            }
        }

        return -1;
    }

    /// <summary>The rollout of an ordinal. The same plan and ordinal give the same rollout, whatever the run is called.</summary>
    /// <param name="ordinal">An ordinal of the plan.</param>
    /// <param name="pinned">Version pinned when the stage began, for evaluations of a trained policy.</param>
    /// <param name="trainingFirst">Training ordinal of the stage's first episode.</param>
    public RolloutSpec Rollout(long ordinal, int pinned, long trainingFirst)
    {
        var stage = _stages[StageOf(ordinal)];
        var index = ordinal - stage.First;
        var seed = StableHash.Combine(Plan.Seed, (ulong)ordinal);
        var id = new EpisodeId(Plan.Run, ordinal);
        return stage.Stage switch
        {
            EvaluateStage evaluate => new RolloutSpec(
                id, Plan.World, stage.Tasks[(int)index], Pin(evaluate.Policy, pinned), evaluate.Mode, seed, Plan.Rewards, Strategy: evaluate.Strategy, HoldsFinish: evaluate.HoldsFinish, Tools: Plan.Tools),
            TrainStage train => Train(train, stage, index, new RolloutSpec(
                id, Plan.World, stage.Tasks[0], new PolicyReference(train.Policy, PolicyPin.Latest), DecisionMode.Sampled, seed, train.Rewards ?? Plan.Rewards, trainingFirst + index, Tools: Plan.Tools)),
            _ => throw new InvalidOperationException($"Stage '{stage.Stage.Name}' is of no known kind."),
        };
    }

    /// <summary>
    /// How many ordinals of a stage may be enqueued in all, from its first on. Training rollouts wait while the trainer is more than the allowed
    /// updates behind, or its log is full; none is thrown away.
    /// </summary>
    /// <param name="stage">Index of the stage.</param>
    /// <param name="updates">Updates published in the stage so far.</param>
    /// <param name="maxLogged">Episodes that may wait to be learnt from; less than a batch counts as a batch, since nothing would ever be learnt.</param>
    public long Admitted(int stage, int updates, int maxLogged) => _stages[stage].Stage is TrainStage train
        ? Math.Min(_stages[stage].Count, ((long)updates * train.BatchSize) + Math.Min((1L + train.MaxStaleness) * train.BatchSize, Math.Max(maxLogged, train.BatchSize)))
        : _stages[stage].Count;

    private static bool FinishesAtBudget(TrainStage train, ulong seed) => new SeededRandom(StableHash.Of("finish", seed)).NextDouble() < train.FinishShare;

    // Each pass over the training tasks, or over their demonstrations, is a fresh shuffle, so that all come equally often and in an order of no meaning.
    private RolloutSpec Train(TrainStage train, StageTasks stage, long index, RolloutSpec rollout)
    {
        var (position, attempt) = Math.DivRem(stage.TrainedBefore(_stages) + index, train.Attempts);
        var pass = position / stage.Tasks.Length;
        var place = stage.Order(Plan.Seed, pass)[position % stage.Tasks.Length];
        if (train.Demonstrated)
        {
            return rollout with { Task = stage.Tasks[place], Demonstration = new Demonstration(stage.Number(place), train.MistakeShare) };
        }

        var branch = attempt == 0 ? null : Branch(rollout, stage.Tasks[place], attempt);
        return rollout with { Task = stage.Tasks[place], Branch = branch, FinishesAtBudget = FinishesAtBudget(train, branch?.Seed ?? rollout.Seed) };
    }

    // All attempts at a task but the first branch off that one, at a turn drawn from those that the task allows.
    private Branch Branch(RolloutSpec rollout, AgentTask task, long attempt) => new(
        StableHash.Combine(Plan.Seed, (ulong)(rollout.Id.Ordinal - attempt)), new SeededRandom(StableHash.Of("branch", rollout.Seed)).NextInt(task.MaxTurns));

    private static PolicyReference Pin(PolicyReference policy, int version) =>
        policy.Pin is PolicyPin.Floor ? policy : new PolicyReference(policy.Name, PolicyPin.Version, version);

    private ImmutableArray<AgentTask> Select(RunStage stage)
    {
        var (split, groups, most) = stage switch
        {
            EvaluateStage evaluate => (evaluate.Split, evaluate.Groups, evaluate.MaxTasks),
            TrainStage train => (Split.Train, train.Groups, train.MaxTasks),
            _ => throw new ArgumentException($"Stage '{stage.Name}' is of no known kind."),
        };
        Func<AgentTask, int> copies = stage is TrainStage { Demonstrated: true } ? task => _world.Demonstrator?.Count(task) ?? 0 : _ => 1;
        var tasks = _world.Tasks.Where(task => Belongs(task, split, groups) && copies(task) > 0).ToImmutableArray();
        var spread = most <= 0 || most >= tasks.Length ? tasks : [.. Enumerable.Range(0, most).Select(index => tasks[(int)((long)index * tasks.Length / most)])];
        return [.. spread.SelectMany(task => Enumerable.Repeat(task, copies(task)))];
    }

    private bool Belongs(AgentTask task, Split split, ImmutableArray<string> groups)
    {
        var labels = _world.Labels(task);
        return labels.Split == split && (groups.IsDefaultOrEmpty || groups.Contains(labels.Group));
    }

    private sealed record StageTasks(RunStage Stage, long First, long Count, ImmutableArray<AgentTask> Tasks)
    {
        private (long Pass, int[] Order)? _order;

        /// <summary>Which of its task's demonstrations stands at a place: those of a task stand side by side.</summary>
        internal int Number(int place)
        {
            var first = place;
            while (first > 0 && Tasks[first - 1].Id == Tasks[place].Id)
            {
                first--;
            }

            return place - first;
        }

        /// <summary>Training episodes of earlier stages on the same policy: the passes go on where they stopped.</summary>
        internal long TrainedBefore(ImmutableArray<StageTasks> stages)
        {
            var before = 0L;
            foreach (var other in stages)
            {
                before += other.First < First && other.Stage is TrainStage train && train.Policy == ((TrainStage)Stage).Policy ? other.Count : 0;
            }

            return before;
        }

        internal int[] Order(ulong seed, long pass)
        {
            if (_order is { } known && known.Pass == pass)
            {
                return known.Order;
            }

            var order = Enumerable.Range(0, Tasks.Length).ToArray();
            new SeededRandom(StableHash.Combine(StableHash.Of("order", seed), (ulong)pass)).Shuffle<int>(order);
            _order = (pass, order);
            return order;
        }
    }
}
