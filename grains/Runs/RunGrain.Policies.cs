using System.Collections.Immutable;
using StepTool.Core.Evaluation;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Grains.Runs;

/// <content>What a run has to do with policies: which version it measures and pins, what its gates promote, and that their trainers stop with it.</content>
internal sealed partial class RunGrain
{
    /// <summary>Where a stage is a gate, compares what it measured with what this run has measured of the version that serves.</summary>
    private async Task GateAsync(RunEngine engine, int stage, CancellationToken cancellationToken)
    {
        if (State.Plan!.Stages[stage] is not EvaluateStage { IsGate: true } gate)
        {
            return;
        }

        var policy = GrainFactory.GetGrain<IPolicyGrain>(gate.Policy.Name);
        var head = await policy.HeadAsync(cancellationToken) ?? throw new ArgumentException($"Policy '{gate.Policy.Name}' is gone while it is measured.");
        var (candidate, serving) = (State.Pinned[stage], head.Promoted.Version);
        var measured = Enumerable.Range(0, stage).LastOrDefault(
            before => State.Pinned[before] == serving && State.Plan.Stages[before] is EvaluateStage other && gate.IsLike(other), -1);
        var verdict = measured < 0
            ? new GateVerdict(false, 0, null) // another version was promoted by hand since
            : PromotionGate.Decide(await ResultsAsync(engine, stage), await ResultsAsync(engine, measured));
        await policy.JudgeAsync(
            new GateResult(State.Plan.Run, gate.Name, candidate, serving, verdict.Passes, verdict.Tasks, verdict.Difference?.Rounded()), cancellationToken);
    }

    private async Task<IEnumerable<Outcome>> ResultsAsync(RunEngine engine, int stage) =>
        (await _outcomes.LastAsync(State, engine.First(stage), engine.Count(stage))).OrderBy(outcome => outcome.Key).Select(outcome => outcome.Value.Result);

    private async Task UnpinAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<RunStage> stages = State.Plan!.Stages.IsDefault ? [] : State.Plan.Stages;
        foreach (var policy in stages.OfType<EvaluateStage>().Where(stage => stage.Policy.Pin is not PolicyPin.Floor).Select(stage => stage.Policy.Name).Distinct())
        {
            await GrainFactory.GetGrain<IPolicyGrain>(policy).UnpinAsync(State.Plan.Run, cancellationToken);
        }
    }

    private async Task<int> VersionAsync(PolicyReference policy, CancellationToken cancellationToken)
    {
        if (policy.Pin is PolicyPin.Version)
        {
            return policy.Version;
        }

        var training = State.Plan!.Stages.OfType<TrainStage>().FirstOrDefault(stage => stage.Policy == policy.Name);
        var head = training is null
            ? await GrainFactory.GetGrain<IPolicyGrain>(policy.Name).HeadAsync(cancellationToken)
            : await GrainFactory.GetGrain<ITrainerGrain>(policy.Name).PrepareAsync(training.Settings, training.Start, State.Plan.Run, cancellationToken);
        return head is null
            ? throw new ArgumentException($"Policy '{policy.Name}' does not exist; see 'steptool policy list'.")
            : policy.Pin is PolicyPin.Promoted ? head.Promoted.Version : head.Latest.Version;
    }

    private async Task StopTrainersAsync(CancellationToken cancellationToken)
    {
        foreach (var policy in Policies())
        {
            await GrainFactory.GetGrain<ITrainerGrain>(policy).StopAsync(State.Plan!.Run, cancellationToken);
        }
    }

    private ImmutableArray<string> Policies() =>
        State.Plan!.Stages.IsDefault ? [] : [.. State.Plan.Stages.OfType<TrainStage>().Select(stage => stage.Policy).Distinct()];
}
