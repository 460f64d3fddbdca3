using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Grains.Policies;

namespace StepTool.Tests.Grains;

/// <summary>A policy that a test writes; it serves under every reference, at version 0.</summary>
internal sealed class TestPolicies(Func<Situation, AgentAction> choose) : IPolicySource, IPolicy
{
    public ValueTask<PinnedPolicy> GetAsync(PolicyReference reference, CancellationToken cancellationToken) => ValueTask.FromResult(new PinnedPolicy(this, 0));

    public ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new Decision(choose(situation), 0, 0));

    /// <summary>Takes the actions one after the other, then finishes.</summary>
    public static TestPolicies InOrder(Func<Situation, AgentAction[]> actions) =>
        new(situation => situation.Steps.Length < actions(situation).Length ? actions(situation)[situation.Steps.Length] : new Finish());
}
