using StepTool.Core.Episodes;
using StepTool.Core.Rewards;

namespace StepTool.Core.Judging;

/// <summary>The control that pays by the truth: both parts of the step reward for the first successful call of each relevant API, nothing for other calls.</summary>
internal static class RelevanceReward
{
    /// <summary>Exchanges the rewards of a scored episode's calls; the last reward stays.</summary>
    internal static Episode Pay(Episode episode, IJudge judge, RewardOptions options)
    {
        var full = options.StepWeight / Math.Max(1, episode.Task.MaxTurns - 1);
        var pays = options.PaysUnanswered || StepRewards.IsAnswered(episode);
        var known = 0;
        var steps = episode.Steps.ToBuilder();
        for (var index = 0; index < steps.Count; index++)
        {
            var relevant = judge.Judge(episode with { Steps = episode.Steps[..(index + 1)] }).RelevantCalled;
            steps[index] = steps[index].Call is null ? steps[index] : steps[index] with { Reward = relevant > known && pays ? full : 0 };
            known = relevant;
        }

        return episode with { Steps = steps.ToImmutable() };
    }
}
