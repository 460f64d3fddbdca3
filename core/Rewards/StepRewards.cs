using System.Collections.Immutable;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Worlds;

namespace StepTool.Core.Rewards;

/// <summary>
/// Rewards of an ended episode, in StepTool's sense (arXiv:2410.07745): every tool call is paid for having worked and for having contributed, the last step
/// for the verdict. r_t = w (success_t + contribution_t) / 2 / (B - 1), so that all step rewards together never exceed w of a Solved task.
/// </summary>
public static class StepRewards
{
    /// <summary>Sets contribution and reward of every step. Without a Finish with an answer nothing contributes, the last reward is 0, and where the options say so no call is paid.</summary>
    /// <param name="episode">An ended episode whose verdict is set.</param>
    /// <param name="world">Tells whether an answer supplies what is asked for.</param>
    /// <param name="options">How steps are rewarded.</param>
    public static Episode Score(Episode episode, IWorld world, RewardOptions options)
    {
        ArgumentNullException.ThrowIfNull(episode);
        ArgumentNullException.ThrowIfNull(options);
        var answered = IsAnswered(episode);
        var share = options.StepWeight / 2 / Math.Max(1, episode.Task.MaxTurns - 1);
        var steps = ImmutableArray.CreateBuilder<Step>(episode.Steps.Length);
        for (var index = 0; index < episode.Steps.Length; index++)
        {
            var step = episode.Steps[index];
            var contributes = answered && ContributionRule.Contributes(episode, index, world, options.Contribution);
            var paid = ((answered || options.PaysUnanswered) && options.Parts.HasFlag(RewardParts.Success) && step is { Success: true, Repeats: false } ? share : 0)
                + (options.Parts.HasFlag(RewardParts.Contribution) && contributes ? share : 0);
            steps.Add(step with { Contributes = contributes, Reward = step.Call is null ? Terminal(episode, answered) : paid });
        }

        var scored = episode with { Steps = steps.MoveToImmutable() };
        return options.Control switch
        {
            RewardControl.Shuffled => RewardControls.Shuffle(scored),
            RewardControl.Constant => RewardControls.Level(scored),
            _ => scored, // the oracle reads the truth, which nothing here can reach
        };
    }

    /// <summary>Whether the episode ended with a Finish that has an answer.</summary>
    internal static bool IsAnswered(Episode episode) => episode is { Status: EpisodeStatus.Finished, FinalAnswer.Length: > 0 };

    private static double Terminal(Episode episode, bool answered) => !answered
        ? 0
        : episode.Verdict switch
        {
            Verdict.Solved => 1,
            Verdict.Unsure => 0.5,
            _ => 0,
        };
}
