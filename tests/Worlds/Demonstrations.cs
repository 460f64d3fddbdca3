using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Rewards;
using StepTool.Core.Worlds;

namespace StepTool.Tests.Worlds;

/// <summary>Plays all demonstrations of a world to their ends.</summary>
internal static class Demonstrations
{
    public static async Task<IReadOnlyList<Episode>> PlayAsync(IWorld world, double mistakeShare = 0.2, ulong runSeed = 1)
    {
        var episodes = new List<Episode>();
        foreach (var task in world.Tasks)
        {
            for (var number = 0; number < world.Demonstrator!.Count(task); number++)
            {
                var policy = world.Demonstrator.Play(new Demonstration(number, mistakeShare));
                episodes.Add(await PlayAsync(world, policy, EpisodeEngine.Begin(new EpisodeId("demo", episodes.Count), world.Id, task, runSeed)));
            }
        }

        return episodes;
    }

    private static async Task<Episode> PlayAsync(IWorld world, IPolicy policy, Episode episode)
    {
        while (!episode.HasEnded)
        {
            episode = await EpisodeEngine.ChooseAsync(episode, world, policy, DecisionMode.Sampled, default);
            if (episode.Pending is not null)
            {
                var request = EpisodeEngine.Request(episode);
                episode = EpisodeEngine.Observe(episode, world.Answer(request.Call, request.Attempt));
            }
        }

        return EpisodeEngine.Close(episode, world, new RewardOptions()).Closed;
    }
}
