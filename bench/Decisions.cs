using System.Diagnostics;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Policies;
using StepTool.Core.Worlds.BuiltIn;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Models;
using StepTool.Learning.Policies;

namespace StepTool.Bench;

/// <summary>Whole decisions of the trainable policy on one thread: candidates, features and network, on first turns of the built-in world.</summary>
internal static class Decisions
{
    internal static double PerSecond(TimeSpan duration)
    {
        var world = BuiltInWorld.Create(new BuiltInWorldOptions { Seed = 1 });
        using var backend = new ManagedBackend(threads: 1);
        var architecture = new CandidateArchitecture(FeatureExtractor.CandidateSize, FeatureExtractor.SituationSize, shortcut: true);
        var weights = NetworkWeights.Initialise(architecture, new SeededRandom(1));
        var policy = new CandidatePolicy(new CandidateScorer(weights, backend), new FeatureExtractor(), 0);
        var situations = world.Tasks.Take(500)
            .Select(task => EpisodeEngine.Situate(EpisodeEngine.Begin(new EpisodeId("bench", 0), world.Id, task, 1), world)).ToArray();
        _ = Count(policy, situations, duration / 3);
        return Count(policy, situations, duration);
    }

    private static double Count(CandidatePolicy policy, Situation[] situations, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var count = 0;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            var decision = policy.DecideAsync(situations[count % situations.Length], DecisionMode.Sampled, (ulong)count, default);
            if (!decision.IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("A decision of the small policy completes at once.");
            }

            count++;
        }

        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
