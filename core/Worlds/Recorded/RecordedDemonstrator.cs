using System.Collections.Frozen;
using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>
/// Plays recorded episodes of supervised policies again, never those of trained ones: for each training task and strategy the shortest that most of the recorded
/// judges call Solved and that solves the task here too. Two of a task that make the same calls are one.
/// </summary>
internal sealed class RecordedDemonstrator : IDemonstrator
{
    private readonly FrozenDictionary<string, ImmutableArray<ImmutableArray<ToolCall>>> _calls;

    /// <summary>Chooses the demonstrations.</summary>
    /// <param name="world">The world that answers and judges them.</param>
    /// <param name="tasks">The training tasks.</param>
    /// <param name="episodes">All recorded episodes.</param>
    public RecordedDemonstrator(IWorld world, IEnumerable<AgentTask> tasks, IEnumerable<ArchivedEpisode> episodes)
    {
        var accepted = episodes
            .Where(episode => episode.IsSolved && episode.Method.StartsWith(RecordedWorld.DemonstrationMethods, StringComparison.Ordinal))
            .ToLookup(episode => episode.Task, StringComparer.Ordinal);
        _calls = tasks
            .Select(task => KeyValuePair.Create(task.Id, Choose(world, task, accepted[task.Id])))
            .Where(task => !task.Value.IsEmpty)
            .ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public int Count(AgentTask task) => _calls.TryGetValue(task.Id, out var demonstrations) ? demonstrations.Length : 0;

    /// <inheritdoc/>
    public IPolicy Play(Demonstration demonstration) => new Replay(_calls, demonstration.Number);

    private static ImmutableArray<ImmutableArray<ToolCall>> Choose(IWorld world, AgentTask task, IEnumerable<ArchivedEpisode> episodes)
    {
        var keys = task.Offered.ToLookup(api => api.FunctionName, StringComparer.Ordinal);
        return
        [
            .. episodes
                .Where(episode => episode.Steps.All(step => keys.Contains(step.Function) && step.Arguments.Length > 0))
                .Select(episode => (episode.Method, Calls: episode.Steps.Select(step => new ToolCall(keys[step.Function].First(), step.Arguments)).ToImmutableArray()))
                .Where(episode => Solves(world, task, episode.Calls))
                .OrderBy(episode => episode.Calls.Length)
                .GroupBy(episode => episode.Method, StringComparer.Ordinal)
                .OrderBy(method => method.Key, StringComparer.Ordinal)
                .Select(method => method.First().Calls)
                .DistinctBy(calls => string.Join('\n', calls)),
        ];
    }

    private static bool Solves(IWorld world, AgentTask task, ImmutableArray<ToolCall> calls)
    {
        var episode = EpisodeEngine.Begin(new EpisodeId("demonstration", 0), world.Id, task, 0);
        foreach (var call in calls)
        {
            if (episode.HasEnded)
            {
                return false;
            }

            episode = EpisodeEngine.Decide(episode, new Decision(new CallApi(call), 0));
            var request = EpisodeEngine.Request(episode);
            episode = EpisodeEngine.Observe(episode, world.Answer(request.Call, request.Attempt));
        }

        return !episode.HasEnded && world.Judge.Judge(EpisodeEngine.Decide(episode, new Decision(new Finish(), 0))).Verdict is Judging.Verdict.Solved;
    }

    private sealed class Replay(FrozenDictionary<string, ImmutableArray<ImmutableArray<ToolCall>>> calls, int number) : IPolicy
    {
        public ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var played = calls[situation.Task.Id][number];
            var turn = situation.Steps.Length;
            AgentAction action = turn < played.Length ? new CallApi(played[turn]) : new Finish();
            return ValueTask.FromResult(Demonstration.Show(action, CandidateGenerator.Enumerate(situation)));
        }
    }
}
