using System.Collections.Immutable;
using System.Diagnostics;
using StepTool.Core.Candidates;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Policies;
using StepTool.Core.Worlds.BuiltIn;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Models;
using StepTool.Learning.Policies;

namespace StepTool.Bench;

/// <summary>
/// Decisions of the trainable policy on one thread, in all turns of episodes that it played itself in the built-in world: 12 to 20 candidates, 16 on the average. A
/// whole decision is: candidates with their arguments formed, features, network, choice, and the record of it. Inference is features, network and choice alone.
/// Tasks and observations have been met before, as those of earlier turns have in an episode: reading a text for the first time is not in it.
/// </summary>
internal static class Decisions
{
    private const int Tasks = 400;
    private const double Seconds = 3;

    internal static ImmutableArray<Figure> Measure()
    {
        var world = BuiltInWorld.Create(new BuiltInWorldOptions { Seed = 1 });
        using var backend = new ManagedBackend(threads: 1);
        var architecture = new CandidateArchitecture(FeatureExtractor.CandidateSize, FeatureExtractor.SituationSize, shortcut: true);
        var policy = new CandidatePolicy(new CandidateScorer(NetworkWeights.Initialise(architecture, new SeededRandom(1)), backend), new FeatureExtractor(), 0);
        Situation[] situations = [.. Situations(world, policy)];
        var candidates = Array.ConvertAll(situations, CandidateGenerator.Enumerate);
        var whole = Count(situations.Length, index => Decide(policy, situations[index], (ulong)index));
        var inference = Count(situations.Length, index => policy.Choose(situations[index], candidates[index], DecisionMode.Sampled, (ulong)index));
        return
        [
            new($"decisions per second, one thread, {candidates.Average(own => own.Length):F1} candidates on the average", whole.PerSecond, "> 20,000"),
            new("bytes allocated a decision", whole.Bytes),
            new("inference alone, per second", inference.PerSecond),
            new("inference alone, bytes allocated", inference.Bytes, "0"),
        ];
    }

    private static IEnumerable<Situation> Situations(BuiltInWorld world, CandidatePolicy policy)
    {
        foreach (var task in world.Tasks.Take(Tasks))
        {
            for (var episode = EpisodeEngine.Begin(new EpisodeId("bench", 0), world.Id, task, 1); !episode.HasEnded;)
            {
                var situation = EpisodeEngine.Situate(episode, world);
                yield return situation;
                episode = EpisodeEngine.Decide(episode, Decide(policy, situation, EpisodeEngine.ChoiceSeed(episode)));
                if (episode.Pending is not null)
                {
                    var request = EpisodeEngine.Request(episode);
                    episode = EpisodeEngine.Observe(episode, world.Answer(request.Call, request.Attempt));
                }
            }
        }
    }

    private static Decision Decide(CandidatePolicy policy, Situation situation, ulong seed)
    {
        var decision = policy.DecideAsync(situation, DecisionMode.Sampled, seed, default);
        return decision.IsCompletedSuccessfully ? decision.Result : throw new InvalidOperationException("A decision of the small policy completes at once.");
    }

    private static Rate Count(int situations, Action<int> action)
    {
        Rate rate = default;
        for (var round = 0; round < 2; round++) // the first is for the compiler
        {
            var (count, before, started) = (0L, GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            for (; Stopwatch.GetElapsedTime(started).TotalSeconds < Seconds; count += situations)
            {
                for (var index = 0; index < situations; index++)
                {
                    action(index);
                }
            }

            rate = new Rate(count / Stopwatch.GetElapsedTime(started).TotalSeconds, (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count);
        }

        return rate;
    }

    private readonly record struct Rate(double PerSecond, double Bytes);
}
