using System.Collections.Immutable;
using System.Text.Json.Serialization;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Rewards;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Core.Runs;

/// <summary>What a run does: its stages, one after the other. A stage is a known number of rollouts, each a pure function of plan and ordinal.</summary>
public sealed record RunPlan
{
    /// <summary>Id of the run: letters, digits, "-" and "_".</summary>
    public required string Run { get; init; }

    /// <summary>Reference of the world, such as <c>built-in:1</c>.</summary>
    public required string World { get; init; }

    /// <summary>Seed of sampling, order and first weights. The world has its own.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How steps are rewarded.</summary>
    public RewardOptions Rewards { get; init; } = new();

    /// <summary>Where the answers of its calls may come from.</summary>
    public ToolMode Tools { get; init; }

    /// <summary>The stages; empty for the standing run, which takes tasks as they come.</summary>
    public ImmutableArray<RunStage> Stages { get; init; } = [];

    /// <summary>Policy that serves the standing run's tasks; null for runs with stages.</summary>
    public PolicyReference? Serves { get; init; }

    /// <summary>What was asked for, for people: the console's command line.</summary>
    public string Command { get; init; } = "";
}

/// <summary>A stage of a run.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "stage")]
[JsonDerivedType(typeof(EvaluateStage), "evaluate")]
[JsonDerivedType(typeof(TrainStage), "train")]
public abstract record RunStage
{
    /// <summary>Name by which reports know the stage's outcomes, such as <c>steptool</c>, <c>untrained</c> or <c>bm25@5</c>.</summary>
    public required string Name { get; init; }
}

/// <summary>Evaluates one policy once on every task of a split. Never logged for training.</summary>
public sealed record EvaluateStage : RunStage
{
    /// <summary>The policy; <see cref="PolicyPin.Latest"/> is pinned when the stage begins.</summary>
    public required PolicyReference Policy { get; init; }

    /// <summary>Tasks to evaluate on.</summary>
    public required Split Split { get; init; }

    /// <summary>Greedy by default.</summary>
    public DecisionMode Mode { get; init; } = DecisionMode.Greedy;

    /// <summary>How episodes are played when a path ends without an answer; one chain by default.</summary>
    public SearchStrategy Strategy { get; init; }

    /// <summary>Whether Finish is offered in the last turn only, to policies that choose among candidates: see <see cref="Episode.HoldsFinish"/>.</summary>
    public bool HoldsFinish { get; init; }

    /// <summary>At most so many tasks, spread evenly over the split; 0 for all.</summary>
    public int MaxTasks { get; init; }

    /// <summary>Groups to evaluate on; empty for all.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Instead of the newest version, the first that had learnt from so many turns; null for the newest.</summary>
    public long? AtTurns { get; init; }

    /// <summary>Whether the version measured is promoted at the end, unless it is worse than the promoted one: see <see cref="Evaluation.PromotionGate"/>. A stage before it measures that one alike.</summary>
    public bool IsGate { get; init; }

    /// <summary>Whether another stage measures the same policy on the same tasks in the same way.</summary>
    public bool IsLike(EvaluateStage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.Policy.Name == Policy.Name && other.Policy.Pin is not PolicyPin.Floor && other.Split == Split && other.Mode == Mode && other.Strategy == Strategy
            && other.HoldsFinish == HoldsFinish && other.MaxTasks == MaxTasks && other.Groups.SequenceEqual(Groups);
    }
}

/// <summary>Trains a policy for a number of updates on tasks of the training split.</summary>
public sealed record TrainStage : RunStage
{
    /// <summary>The policy; created with random weights when it does not exist.</summary>
    public required string Policy { get; init; }

    /// <summary>Updates in this stage, at least 1; the most there can be where <see cref="UntilTurns"/> ends it.</summary>
    public required int Iterations { get; init; }

    /// <summary>
    /// The stage ends with the update that brings the turns the policy has learnt from, over its whole life, up to this number; 0 for no such end. That update takes its oldest
    /// episodes up to the one that reaches the number, so that methods can be compared at equal turns: they differ by less than one episode.
    /// </summary>
    public long UntilTurns { get; init; }

    /// <summary>Whether the newest version is promoted when the stage ends; not where a gate decides.</summary>
    public bool Promotes { get; init; } = true;

    /// <summary>Versions of the policy that are kept, beside those that are promoted or pinned: the blobs of older ones are removed as training goes on. 0 for all.</summary>
    public int KeptVersions { get; init; }

    /// <summary>Policy whose newest version is this policy's start and frozen reference; null for random weights.</summary>
    public string? Start { get; init; }

    /// <summary>Episodes an update.</summary>
    public required int BatchSize { get; init; }

    /// <summary>How many updates a rollout's policy may be behind when it is trained on; 0 for strictly on-policy.</summary>
    public int MaxStaleness { get; init; } = 1;

    /// <summary>Whether batch k is exactly the ordinals [kB, (k+1)B): with staleness 0 the result is reproducible to the bit.</summary>
    public bool Deterministic { get; init; }

    /// <summary>Share of episodes, 0 to 1, whose last turn offers nothing but Finish, so that steps are credited before the policy has learnt to finish; default 0.5.</summary>
    public double FinishShare { get; init; } = 0.5;

    /// <summary>Whether the episodes are the world's demonstrations instead of the policy's own; then <see cref="FinishShare"/> does not apply.</summary>
    public bool Demonstrated { get; init; }

    /// <summary>Share of turns with a mistake, 0 to 1, in demonstrations that a script plays; default 0.2.</summary>
    public double MistakeShare { get; init; } = 0.2;

    /// <summary>How many episodes of one task follow each other, at least 1, for methods that compare them; all but the first branch off that one. Default 1.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>How the policy learns.</summary>
    public TrainingSettings Settings { get; init; } = new();

    /// <summary>Groups to train on; empty for all.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>At most so many tasks, spread evenly over the split; 0 for all.</summary>
    public int MaxTasks { get; init; }

    /// <summary>How steps are rewarded; null for the plan's way.</summary>
    public RewardOptions? Rewards { get; init; }
}

/// <summary>How a policy learns. Null means the learner's default.</summary>
public sealed record TrainingSettings
{
    /// <summary>Method's name; <c>steptool</c> by default.</summary>
    public string Method { get; init; } = "steptool";

    /// <summary>Learning rate.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Passes over a batch.</summary>
    public int? Epochs { get; init; }

    /// <summary>Decisions a mini-batch.</summary>
    public int? MiniBatch { get; init; }

    /// <summary>Entropy coefficient.</summary>
    public double? Entropy { get; init; }

    /// <summary>Coefficient of the divergence from the frozen start.</summary>
    public double? Kl { get; init; }

    /// <summary>How rewards become credit for steps.</summary>
    public CreditRule Credit { get; init; } = new();

    /// <summary>Discount per tick of the credit's clock.</summary>
    public double? Gamma { get; init; }

    /// <summary>GAE's lambda.</summary>
    public double? Lambda { get; init; }

    /// <summary>Units of each hidden layer.</summary>
    public int? Hidden { get; init; }

    /// <summary>Seed of first weights and of the order of mini-batches.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Updates over the policy's whole life, for the learning-rate schedule; 0 for none.</summary>
    public int TotalUpdates { get; init; }

    /// <summary>Turns over the policy's whole life, for the learning-rate schedule; where it is not 0, <see cref="TotalUpdates"/> is not read.</summary>
    public long TotalTurns { get; init; }
}
