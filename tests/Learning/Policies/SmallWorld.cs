using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Judging;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using StepTool.Learning.Backends;
using StepTool.Learning.Models;
using StepTool.Learning.Policies;

namespace StepTool.Tests.Learning.Policies;

/// <summary>A small generated world, and rollouts on it as runs make them.</summary>
internal static class SmallWorld
{
    public static readonly FeatureExtractor Features = new();
    private static readonly Lazy<BuiltInWorld> Made = new(() => BuiltInWorld.Create(new BuiltInWorldOptions { Tasks = 1200 }));

    public static BuiltInWorld World => Made.Value;

    public static CandidateArchitecture Architecture { get; } =
        new(FeatureExtractor.CandidateSize, FeatureExtractor.SituationSize, firstHidden: 32, secondHidden: 32, shortcut: true);

    public static CandidatePolicy Policy(NetworkWeights weights, IComputeBackend backend, int version = 0) => new(new CandidateScorer(weights, backend), Features, version);

    /// <summary>Plays a rollout to its end and closes it.</summary>
    public static Episode Play(RolloutSpec rollout, IPolicy policy)
    {
        var episode = rollout.Begin();
        while (!episode.HasEnded)
        {
            episode = EpisodeEngine.ChooseAsync(episode, World, policy, rollout.Mode, default).AsTask().GetAwaiter().GetResult();
            if (episode.Pending is not null)
            {
                var request = EpisodeEngine.Request(episode);
                episode = EpisodeEngine.Observe(episode, World.Answer(request.Call, request.Attempt));
            }
        }

        return EpisodeEngine.Close(episode, World, rollout.Rewards).Closed;
    }

    public static RunEngine Training(int iterations, int batchSize, int attempts = 1) => new(
        new RunPlan { Run = "run", World = World.Id, Stages = [new TrainStage { Name = "train", Policy = "policy", Iterations = iterations, BatchSize = batchSize, Attempts = attempts }] }, World);

    /// <summary>Share of dev tasks that a policy solves, greedily.</summary>
    public static double PassRate(IPolicy policy) => Mean(policy, episode => episode.Verdict == Verdict.Solved ? 1.0 : 0);

    /// <summary>What the steps of a dev task but its last are paid, greedily.</summary>
    public static double StepPay(IPolicy policy) => Mean(policy, episode => episode.Steps.SkipLast(1).Sum(step => step.Reward));

    private static double Mean(IPolicy policy, Func<Episode, double> measure)
    {
        var engine = new RunEngine(
            new RunPlan { Run = "dev", World = World.Id, Stages = [new EvaluateStage { Name = "dev", Policy = new PolicyReference("policy", PolicyPin.Latest), Split = Split.Dev }] }, World);
        return Enumerable.Range(0, (int)engine.Count(0)).Average(ordinal => measure(Play(engine.Rollout(ordinal, 0, 0), policy)));
    }
}
