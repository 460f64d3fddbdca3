using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Chance;
using StepTool.Core.Judging;
using StepTool.Core.Policies;
using StepTool.Core.Rewards;
using StepTool.Core.Tasks;
using StepTool.Core.Text;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Core.Episodes;

/// <summary>
/// The rules of an episode: state in, state out, no clock and no I/O. Its host saves the state between any two calls and may stop there;
/// a pending decision marks a call whose outcome is not known yet.
/// </summary>
public static class EpisodeEngine
{
    /// <summary>Characters of an answer that an agent reads; the rest is cut.</summary>
    public const int MaxObservationLength = 1024;

    private const string UnknownOutcome = "Whether this call was carried out is not known. It is not made again.";

    /// <summary>The episode before its first turn.</summary>
    public static Episode Begin(EpisodeId id, string world, AgentTask task, ulong seed) =>
        new() { Id = id, World = world, Task = task, Seed = Mix(seed, task) };


    /// <summary>What the agent sees now. Offered APIs that the world does not know are left out.</summary>
    public static Situation Situate(Episode episode, IWorld world)
    {
        var apis = ImmutableArray.CreateBuilder<ApiDocumentation>(episode.Task.Offered.Length);
        foreach (var key in episode.Task.Offered)
        {
            if (world.TryDescribe(key, out var documentation))
            {
                apis.Add(documentation);
            }
        }

        return new Situation
        {
            Task = episode.Task,
            Apis = apis.DrainToImmutable(),
            Steps = episode.Steps,
            Tried = TreeSearch.Tried(episode),
            FinishesAtBudget = episode.FinishesAtBudget,
            HoldsFinish = episode.HoldsFinish,
        };
    }

    /// <summary>Seed of the choice that the episode makes next: the same after any resume.</summary>
    public static ulong ChoiceSeed(Episode episode) =>
        StableHash.Combine(episode.Branch is { } branch ? Mix(branch.Seed, episode.Task) : episode.Seed, (ulong)episode.TurnsTaken);

    /// <summary>Lets a policy choose what the episode does next, and takes its decision.</summary>
    /// <exception cref="PolicyException">The policy's model or endpoint failed.</exception>
    /// <exception cref="InvalidOperationException">The episode has ended or a decision is pending.</exception>
    public static async ValueTask<Episode> ChooseAsync(Episode episode, IWorld world, IPolicy policy, DecisionMode mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var situation = Situate(episode, world);
        var decision = await policy.DecideAsync(situation, TreeSearch.Mode(episode, mode), ChoiceSeed(episode), cancellationToken);
        if (episode.Branch is { } branch && (episode.TurnsTaken >= branch.Turn || decision.Action is Finish))
        {
            episode = episode with { Branch = null };
            decision = await policy.DecideAsync(situation with { Tried = [decision.Action] }, mode, ChoiceSeed(episode), cancellationToken);
            decision = decision with { Candidate = CandidateGenerator.Find(CandidateGenerator.Enumerate(situation), decision.Action) };
        }

        return Decide(episode, decision);
    }

    /// <summary>Takes a decision: Finish ends the episode, a call becomes pending.</summary>
    /// <exception cref="InvalidOperationException">The episode has ended or a decision is pending.</exception>
    public static Episode Decide(Episode episode, Decision decision)
    {
        if (episode.HasEnded || episode.Pending is not null)
        {
            throw new InvalidOperationException($"Episode {episode.Id} is {episode.Status} with {(episode.Pending is null ? "no" : "a")} pending decision; it takes none.");
        }

        return decision.Action switch
        {
            Finish finish => End(episode, decision, finish),
            CallApi => episode with { Pending = decision },
            _ => throw new ArgumentException($"An action is a call or a Finish, not {decision.Action.GetType().Name}.", nameof(decision)),
        };
    }

    /// <summary>The pending call as it is to be sent.</summary>
    /// <exception cref="InvalidOperationException">No call is pending.</exception>
    public static ToolRequest Request(Episode episode, ToolMode mode = ToolMode.Recorded)
    {
        var call = (episode.Pending?.Action as CallApi)?.Call ?? throw new InvalidOperationException($"Episode {episode.Id} has no pending call.");
        return new ToolRequest(call, episode.Id.CallId(episode.TurnsTaken), AllSteps(episode).Count(step => call.IsSameAs(step.Call)), mode);
    }

    /// <summary>Takes the answer to the pending call: one step more, and the end when the budget is spent.</summary>
    public static Episode Observe(Episode episode, ToolAnswer answer) => Observe(episode, answer, fault: null);

    private static Episode Observe(Episode episode, ToolAnswer answer, ToolFaultKind? fault)
    {
        var call = Request(episode).Call;
        var step = new Step
        {
            Decision = episode.Pending!,
            Status = answer.Status,
            Observation = Cut(answer.Error.Length > 0 ? $"error: {answer.Error}" : answer.Response),
            Provenance = answer.Provenance,
            Real = answer.Real,
            Fault = fault,
            Success = SuccessRule.IsSuccess(answer),
            Repeats = episode.Steps.Any(earlier => earlier.Success && call.IsSameAs(earlier.Call)),
        };
        var steps = episode.Steps.Add(step);
        var isSpent = steps.Length >= episode.Task.MaxTurns;
        var observed = episode with { Steps = steps, Pending = null, Status = isSpent ? EpisodeStatus.Truncated : EpisodeStatus.Running };
        return isSpent ? TreeSearch.BackTrack(observed) : observed;
    }

    /// <summary>Ends the episode by a fault of the infrastructure. Its steps are kept, and the call that was under way.</summary>
    public static Episode Fail(Episode episode, EpisodeFault fault) => episode with { Status = EpisodeStatus.Faulted, Fault = fault };

    /// <summary>Why an episode cannot go on behind the fault that ended it; null when it can.</summary>
    /// <param name="episode">An ended episode.</param>
    /// <param name="mode">Where the answers of its calls come from.</param>
    public static string? ResumeRefusal(Episode episode, ToolMode mode) => episode switch
    {
        { Status: not EpisodeStatus.Faulted } => $"it ended as {episode.Status}, not by a fault",
        { Fault: { Tool: ToolFaultKind.OutcomeUnknown }, Pending: null } => "which call is of unknown outcome was not kept, so that it might be made twice; queue its task anew",
        { Fault.Boundary: FaultBoundary.Storage } when mode.IsLive => "its steps are lost, so that calls that change something might be made twice; queue its task anew",
        _ => null,
    };

    /// <summary>
    /// The episode as it goes on behind the fault that ended it. A call of unknown outcome is never made again: it becomes a step that says so. Any other decision
    /// that came to nothing is made again, the same; what only lacked its verdict is ended as it was.
    /// </summary>
    /// <exception cref="InvalidOperationException">It cannot go on: see <see cref="ResumeRefusal"/>.</exception>
    public static Episode Resume(Episode episode, ToolMode mode)
    {
        if (ResumeRefusal(episode, mode) is { } refusal)
        {
            throw new InvalidOperationException($"Episode {episode.Id} is not resumed: {refusal}.");
        }

        var resumed = episode with { Status = EpisodeStatus.Running, Fault = null };
        return episode.Fault switch
        {
            { Tool: ToolFaultKind.OutcomeUnknown } or { Boundary: FaultBoundary.Policy } when episode.Pending is not null => Lose(resumed),
            { Boundary: FaultBoundary.Judge } => resumed with { Status = EndingOf(resumed), Pending = null },
            _ => resumed with { Pending = null },
        };
    }

    /// <summary>Ends the episode at its user's wish. Its steps are kept; a pending call that may have been sent becomes a step that says so.</summary>
    /// <param name="episode">The episode; one that has ended stays as it is.</param>
    /// <param name="mayBeSent">Whether the pending call, where there is one, may have been sent.</param>
    public static Episode Cancel(Episode episode, bool mayBeSent = false) => episode.HasEnded
        ? episode
        : (mayBeSent && episode.Pending is not null ? Lose(episode) : episode) with { Status = EpisodeStatus.Cancelled, Pending = null };

    /// <summary>Judges and scores an ended episode; one that a fault or its user ended gets neither verdict nor rewards, and its judgement is null.</summary>
    public static (Episode Closed, Judgement? Judgement) Close(Episode episode, IWorld world, RewardOptions rewards)
    {
        if (episode.Status is EpisodeStatus.Faulted or EpisodeStatus.Cancelled)
        {
            return (episode, null);
        }

        var judgement = world.Judge.Judge(episode);
        return (Score(episode with { Verdict = judgement.Verdict }, world, rewards), judgement);
    }

    /// <summary>Sets the rewards of a judged episode.</summary>
    public static Episode Score(Episode episode, IWorld world, RewardOptions rewards)
    {
        var scored = StepRewards.Score(episode, world, rewards);
        return rewards.Control is RewardControl.Oracle ? RelevanceReward.Pay(scored, world.Judge, rewards) : scored;
    }

    private static Episode Lose(Episode episode) => Observe(episode, new ToolAnswer(ToolStatus.TimedOut, UnknownOutcome, "", Provenance.Real), ToolFaultKind.OutcomeUnknown);

    private static ulong Mix(ulong seed, AgentTask task) => StableHash.Combine(seed, StableHash.Of(task.Id));

    private static Episode End(Episode episode, Decision decision, Finish finish)
    {
        var step = new Step { Decision = decision, Status = finish.GaveUp ? ToolStatus.GaveUp : ToolStatus.FinalAnswer };
        var ended = episode with
        {
            FinalAnswer = finish.GaveUp ? "" : finish.Answer ?? AnswerComposer.Compose(episode.Task.Query, episode.Steps),
            Steps = episode.Steps.Add(step),
            Status = finish.GaveUp ? EpisodeStatus.GaveUp : EpisodeStatus.Finished,
        };
        return ended.FinalAnswer.Length > 0 ? ended : TreeSearch.BackTrack(ended);
    }

    private static EpisodeStatus EndingOf(Episode episode) => episode.Steps is [.., { Decision.Action: Finish finish }]
        ? finish.GaveUp ? EpisodeStatus.GaveUp : EpisodeStatus.Finished
        : EpisodeStatus.Truncated;

    // What was really called: the current path and all that a search left behind.
    private static IEnumerable<Step> AllSteps(Episode episode) => episode.Abandoned.SelectMany(path => path.Steps).Concat(episode.Steps);

    private static string Cut(string text) => text.Length <= MaxObservationLength ? text : TextCut.To(text, MaxObservationLength) + "...";
}
