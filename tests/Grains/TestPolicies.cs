using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Grains.Policies;
using StepTool.Tests.Episodes;

namespace StepTool.Tests.Grains;

/// <summary>A policy that a test writes; it serves under every reference, at version 0, sure of its choice.</summary>
internal sealed class TestPolicies(Func<Situation, AgentAction> choose) : IPolicySource, IPolicy
{
    /// <summary>What each decision waits for.</summary>
    public Func<Task> Before { get; init; } = () => Task.CompletedTask;

    public ValueTask<PinnedPolicy> GetAsync(PolicyReference reference, CancellationToken cancellationToken) => ValueTask.FromResult(new PinnedPolicy(this, 0));

    public async ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken)
    {
        await Before();
        var action = choose(situation);
        return new Decision(action, 0, 0, CandidateGenerator.Enumerate(situation).Select(candidate => candidate.Action).ToList().IndexOf(action));
    }

    /// <summary>Takes the actions one after the other, then finishes.</summary>
    public static TestPolicies InOrder(Func<Situation, AgentAction[]> actions) =>
        new(situation => situation.Steps.Length < actions(situation).Length ? actions(situation)[situation.Steps.Length] : new Finish());

    /// <summary>Finds the item of a task, orders it, finishes.</summary>
    public static TestPolicies Ordering { get; } = InOrder(situation => [TinyWorld.FindCall(TinyWorld.ItemOf(situation.Task)), TinyWorld.OrderCall(TinyWorld.ItemOf(situation.Task))]);
}

/// <summary>Other policies, whose decisions a test watches.</summary>
internal sealed class WatchedPolicies(IPolicySource policies, Action<Situation> deciding) : IPolicySource
{
    public async ValueTask<PinnedPolicy> GetAsync(PolicyReference reference, CancellationToken cancellationToken)
    {
        var pinned = await policies.GetAsync(reference, cancellationToken);
        return pinned with { Policy = new Watched(pinned.Policy, deciding) };
    }

    private sealed class Watched(IPolicy policy, Action<Situation> deciding) : IPolicy
    {
        public ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken)
        {
            deciding(situation);
            return policy.DecideAsync(situation, mode, seed, cancellationToken);
        }
    }
}
