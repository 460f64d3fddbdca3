using StepTool.Core.Episodes;
using StepTool.Core.Rewards;
using StepTool.Core.Tasks;
using StepTool.Core.Worlds;

namespace StepTool.Tests.Episodes;

/// <summary>Plays episodes by the engine, without any host.</summary>
internal static class Player
{
    /// <summary>Plays and closes an episode whose actions are given; it stops where they end, and is closed if it has ended by then.</summary>
    public static Episode Play(IWorld world, AgentTask task, params AgentAction[] actions)
    {
        var next = 0;
        return Play(world, task, _ => next < actions.Length ? actions[next++] : null);
    }

    /// <summary>Plays an episode until there is no action or it has ended, then closes it.</summary>
    public static Episode Play(IWorld world, AgentTask task, Func<Situation, AgentAction?> choose, RewardOptions? rewards = null)
    {
        var episode = EpisodeEngine.Begin(new EpisodeId("test", 0), world.Id, task, 1);
        while (!episode.HasEnded && choose(EpisodeEngine.Situate(episode, world)) is { } action)
        {
            episode = EpisodeEngine.Decide(episode, new Decision(action, 0));
            if (episode.Pending is not null)
            {
                var request = EpisodeEngine.Request(episode);
                episode = EpisodeEngine.Observe(episode, world.Answer(request.Call, request.Attempt));
            }
        }

        return episode.HasEnded ? EpisodeEngine.Close(episode, world, rewards ?? new RewardOptions()).Closed : episode;
    }
}
