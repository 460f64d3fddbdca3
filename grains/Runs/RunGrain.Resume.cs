using System.Collections.Immutable;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tasks;

namespace StepTool.Grains.Runs;

/// <content>Episodes that a fault ended go on by command: their ordinals are open again until they end once more.</content>
internal sealed partial class RunGrain
{
    private bool IsOpen => State.Phase is RunPhase.Running or RunPhase.Completed;

    private bool IsResuming => State.Phase is RunPhase.Completed && !State.Resumed.IsEmpty;

    public async Task<ResumedEpisodes> ResumeAsync(long? ordinal, CancellationToken cancellationToken)
    {
        var run = this.GetPrimaryKeyString();
        if (State.Plan is not { } plan)
        {
            throw new ArgumentException($"There is no run '{run}'; see 'steptool runs list'.");
        }

        await CheckIsOpenAsync();
        var known = State; // what ends from here on was not ended by the fault that this command is about
        var engine = plan.Serves is null ? await EngineAsync(cancellationToken) : null;
        var last = await _outcomes.LastAsync(known);
        if (ordinal is { } one && !known.Resumed.ContainsKey(one) && last.GetValueOrDefault(one) is not { Status: EpisodeStatus.Faulted })
        {
            throw new ArgumentException($"Episode {run}/{one} {(last.TryGetValue(one, out var ended) ? $"ended as {ended.Status}" : "has not ended")}; only episodes that a fault ended are resumed. See 'steptool episodes list {run} --faulted'.");
        }

        if (known.Phase is RunPhase.Completed)
        {
            await Index.AdmitAsync(run, cancellationToken);
        }

        var faulted = last.Values.Where(outcome => outcome.Status is EpisodeStatus.Faulted && (ordinal ?? outcome.Ordinal) == outcome.Ordinal).OrderBy(outcome => outcome.Ordinal).ToArray();
        var refusals = await Task.WhenAll(faulted.Select(outcome => RefusalAsync(outcome, plan, cancellationToken)));
        var opened = faulted.Zip(refusals).Where(pair => pair.Second is null && known.Completed.Contains(pair.First.Ordinal) && !known.Resumed.ContainsKey(pair.First.Ordinal)).Select(pair => pair.First).ToArray();
        if (opened.Length > 0 || !State.Resumed.IsEmpty)
        {
            await NoteAsync(isActive: true, cancellationToken);
            if (!IsOpen)
            {
                await NoteAsync(isActive: false, CancellationToken.None); // it has ended meanwhile, and had said so before
            }
        }

        // From here on nothing is waited for before the write: whoever looks sees all of it or nothing.
        await CheckIsOpenAsync();
        foreach (var outcome in opened)
        {
            Open(outcome, engine);
        }

        var resumed = State.Resumed.Keys.Where(open => (ordinal ?? open) == open).ToImmutableArray();
        if (!resumed.IsEmpty)
        {
            (_isOver, _offered) = (false, null);
            await PokeAsync(CancellationToken.None);
            await _write.SaveAsync();
        }

        return new ResumedEpisodes(resumed, [.. faulted.Zip(refusals).Where(pair => pair.Second is not null).Select(pair => $"{run}/{pair.First.Ordinal}: {pair.Second}.")]);

        async ValueTask CheckIsOpenAsync()
        {
            if (!IsOpen)
            {
                await _write.StoredAsync(); // nobody is refused for what a crash would take back
                throw new ArgumentException($"Run '{run}' is {State.Phase}; only episodes of runs that go on or have completed are resumed. Start another run.");
            }
        }
    }

    private async Task<string?> RefusalAsync(RolloutOutcome outcome, RunPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            return EpisodeEngine.ResumeRefusal(EpisodeCodec.Decode(await _blobs.GetAsync(outcome.Trajectory, cancellationToken)), plan.Tools);
        }
        catch (StorageException exception)
        {
            return exception.Message.TrimEnd('.');
        }
    }

    private void Open(RolloutOutcome outcome, RunEngine? engine)
    {
        var stage = engine?.StageOf(outcome.Ordinal) ?? 0;
        _state.State = Woken(State) with
        {
            Completed = State.Completed.Remove(outcome.Ordinal),
            Resumed = State.Resumed.Add(outcome.Ordinal, new ResumedRollout(new Resumption(outcome.Trajectory, outcome.Resumed + 1), outcome.Version)),
            Progress = State.Progress.SetItem(stage, Tally(State.Progress[stage], outcome, -1)),
        };
    }

    private static RolloutSpec GoesOn(RolloutSpec rollout, ResumedRollout? resumed) => resumed is null ? rollout : rollout with
    {
        Resumes = resumed.From,
        Policy = resumed.Version is { } version ? new PolicyReference(rollout.Policy.Name, PolicyPin.Version, version) : rollout.Policy,
    };
}
