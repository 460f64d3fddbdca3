using StepTool.Core.Chance;
using StepTool.Core.Episodes;

namespace StepTool.Core.Rewards;

/// <summary>Exchanges the rewards of a scored episode's calls: a method that learns from step rewards has to learn more from them than from these.</summary>
internal static class RewardControls
{
    /// <summary>The episode with its calls' rewards in another order.</summary>
    internal static Episode Shuffle(Episode episode)
    {
        var rewards = Calls(episode).Select(step => step.Reward).ToArray();
        new SeededRandom(StableHash.Of("shuffled rewards", episode.Seed)).Shuffle<double>(rewards);
        var next = 0;
        return Pay(episode, () => rewards[next++]);
    }

    /// <summary>The episode with its calls' mean reward for each of them.</summary>
    internal static Episode Level(Episode episode)
    {
        var mean = Calls(episode).Select(step => step.Reward).DefaultIfEmpty().Average();
        return Pay(episode, () => mean);
    }

    private static IEnumerable<Step> Calls(Episode episode) => episode.Steps.Where(step => step.Call is not null);

    private static Episode Pay(Episode episode, Func<double> reward) =>
        episode with { Steps = [.. episode.Steps.Select(step => step.Call is null ? step : step with { Reward = reward() })] };
}
