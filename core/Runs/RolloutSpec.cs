using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Rewards;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Core.Runs;

/// <summary>All that is needed to start one episode.</summary>
/// <param name="Id">Run and ordinal.</param>
/// <param name="World">Reference of the world.</param>
/// <param name="Task">The task.</param>
/// <param name="Policy">Which policy decides.</param>
/// <param name="Mode">Sampled or greedy.</param>
/// <param name="Seed">Seed of the episode's choices; independent of the run's id.</param>
/// <param name="Rewards">How its steps are rewarded.</param>
/// <param name="TrainingOrdinal">Ordinal under which the policy's transition log knows it, or -1 when it is not to be learnt from.</param>
/// <param name="IsCancelled">Whether its user wants it ended.</param>
/// <param name="Strategy">How the episode is played when a path ends without an answer.</param>
/// <param name="FinishesAtBudget">Whether the last turn offers nothing but Finish: see <see cref="Episode.FinishesAtBudget"/>.</param>
/// <param name="HoldsFinish">Whether Finish is offered in the last turn only: see <see cref="Episode.HoldsFinish"/>.</param>
/// <param name="Demonstration">The demonstration that is played instead of asking the policy, or null.</param>
/// <param name="Tools">Where the answers of its calls may come from.</param>
/// <param name="Branch">The attempt at the same task that it repeats at first, or null: see <see cref="Episode.Branch"/>.</param>
/// <param name="Resumes">The attempt, ended by a fault, that it goes on from; null for a first attempt.</param>
public sealed record RolloutSpec(
    EpisodeId Id,
    string World,
    AgentTask Task,
    PolicyReference Policy,
    DecisionMode Mode,
    ulong Seed,
    RewardOptions Rewards,
    long TrainingOrdinal = -1,
    bool IsCancelled = false,
    bool FinishesAtBudget = false,
    SearchStrategy Strategy = SearchStrategy.React,
    bool HoldsFinish = false,
    Demonstration? Demonstration = null,
    ToolMode Tools = ToolMode.Recorded,
    Branch? Branch = null,
    Resumption? Resumes = null)
{
    /// <summary>Whether its run was cancelled or has failed while it was played.</summary>
    public bool IsAbandoned { get; init; }

    /// <summary>The episode before its first turn.</summary>
    public Episode Begin() => EpisodeEngine.Begin(Id, World, Task, Seed) with
    {
        FinishesAtBudget = FinishesAtBudget,
        HoldsFinish = HoldsFinish,
        Strategy = Strategy,
        Branch = Branch,
    };
}

/// <summary>An episode that a fault ended and that goes on by command.</summary>
/// <param name="Trajectory">Blob of the ended episode.</param>
/// <param name="Number">How often the rollout has been resumed, from 1.</param>
public sealed record Resumption(string Trajectory, int Number);
