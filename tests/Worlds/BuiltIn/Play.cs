using StepTool.Core.Candidates;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Policies;
using StepTool.Core.Policies.Floors;
using StepTool.Core.Tasks;
using StepTool.Core.Text;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;

namespace StepTool.Tests.Worlds.BuiltIn;

/// <summary>Plays tasks of a built-in world with hand-written ways to choose.</summary>
internal static class Play
{
    private static readonly Lazy<BuiltInWorld> Default = new(() => BuiltInWorld.Create());

    /// <summary>The world of the default options.</summary>
    public static BuiltInWorld World => Default.Value;

    /// <summary>Tasks of a split and, where given, a depth and a kind.</summary>
    public static AgentTask[] Tasks(BuiltInWorld world, Split split, int? depth = null, string? kind = null) => [.. world.Tasks.Where(task =>
        world.Labels(task) is var labels && labels.Split == split
        && (depth ?? labels.Depth) == labels.Depth && (kind ?? labels.Kind) == labels.Kind)];

    /// <summary>Whether a value looks like <c>ord-4821</c>.</summary>
    public static bool IsIdentifier(string value) => value is [_, _, _, '-', _, _, _, _];

    /// <summary>Plays one episode; the choice is called until it finishes or the budget is spent.</summary>
    public static Episode Episode(BuiltInWorld world, AgentTask task, Func<Situation, AgentAction> choose)
    {
        var episode = EpisodeEngine.Begin(new EpisodeId("test", 0), world.Id, task, 1);
        while (!episode.HasEnded)
        {
            episode = EpisodeEngine.Decide(episode, new Decision(choose(EpisodeEngine.Situate(episode, world)), 0));
            if (episode.Pending is not null)
            {
                var request = EpisodeEngine.Request(episode);
                episode = EpisodeEngine.Observe(episode, world.Answer(request.Call, request.Attempt));
            }
        }

        return episode;
    }

    /// <summary>The situations in which the oracle calls, each with its call.</summary>
    public static List<(Situation Situation, CallApi Right)> OracleTurns(BuiltInWorld world, AgentTask task)
    {
        var turns = new List<(Situation, CallApi)>();
        Episode(world, task, situation =>
        {
            var action = world.Oracle(situation);
            if (action is CallApi call)
            {
                turns.Add((situation, call));
            }

            return action;
        });
        return turns;
    }

    /// <summary>Share of tasks that a way to choose solves.</summary>
    public static double PassRate(BuiltInWorld world, IReadOnlyCollection<AgentTask> tasks, Func<AgentTask, Func<Situation, AgentAction>> policy) =>
        (double)tasks.Count(task => world.Judge.Judge(Episode(world, task, policy(task))).Verdict == Verdict.Solved) / tasks.Count;

    /// <summary>Chooses as a floor does.</summary>
    public static Func<AgentTask, Func<Situation, AgentAction>> Floor(string name)
    {
        var policy = Floors.Create(name);
        return task => situation => policy.DecideAsync(
            situation, DecisionMode.Greedy, StableHash.Of(task.Id, (ulong)situation.Steps.Length), CancellationToken.None).AsTask().Result.Action;
    }

    /// <summary>
    /// BM25 with greedy typing: of the APIs not called yet whose arguments fit as well as any API's do, calls the one that BM25 likes best; finishes
    /// after the given number of calls. Stronger than the floors, which call whatever BM25 likes, typed or not.
    /// </summary>
    public static Func<AgentTask, Func<Situation, AgentAction>> TypedBm25(int calls) => task =>
    {
        double[]? scores = null;
        return situation =>
        {
            if (situation.Steps.Length >= calls || situation.TurnsLeft == 1)
            {
                return new Finish();
            }

            scores ??= Scores(situation);
            var called = situation.Steps.Select(step => step.Call!.Api).ToHashSet();
            var firsts = CandidateGenerator.Enumerate(situation).Take(situation.Apis.Length)
                .Where(candidate => !called.Contains(situation.Apis[candidate.Api].Key)).ToArray();
            var best = firsts.Max(Fit);
            return firsts.Where(candidate => Fit(candidate) >= best - 0.1f).MaxBy(candidate => scores[candidate.Api])!.Action;
        };
    };

    private static double[] Scores(Situation situation)
    {
        var query = Tokeniser.Terms(situation.Task.Query);
        var ranking = new Bm25([.. situation.Apis.Select(ApiTerms.Of)]);
        return [.. situation.Apis.Select((_, index) => ranking.Score(query, index))];
    }

    private static float Fit(Candidate candidate) => candidate.Bindings.Min(binding => binding.Match);
}
