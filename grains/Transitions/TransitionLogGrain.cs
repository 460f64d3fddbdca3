using System.Collections.Immutable;
using Orleans.Runtime;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.State;

namespace StepTool.Grains.Transitions;

[GrainType("transition-log")]
internal sealed class TransitionLogGrain : Grain, ITransitionLogGrain
{
    private readonly IPersistentState<TransitionLogState> _state;
    private readonly SharedWrite _write;

    public TransitionLogGrain([PersistentState("transition-log", StateStore.Name)] IPersistentState<TransitionLogState> state, TimeProvider time)
    {
        _state = state;
        _write = new SharedWrite(() => _state.WriteStateAsync(), time);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!_state.RecordExists)
        {
            _state.State = TransitionLogState.Empty;
        }

        return Task.CompletedTask;
    }

    public Task AppendAsync(TransitionEntry entry, CancellationToken cancellationToken)
    {
        var known = _state.State.Entries.GetValueOrDefault(entry.Ordinal);
        if (!_state.State.Consumed.Contains(entry.Ordinal) && (known is null || (known.Trajectory is null && entry.Resumed > known.Resumed)))
        {
            _state.State = _state.State with { Entries = _state.State.Entries.SetItem(entry.Ordinal, entry) };
        }

        return _write.SaveAsync();
    }

    public Task<ImmutableArray<TransitionEntry>> EntriesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_state.State.Entries.Values.ToImmutableArray());

    public Task<int> CountAsync(long from, CancellationToken cancellationToken) => Task.FromResult(_state.State.Entries.Keys.Count(ordinal => ordinal >= from));

    public Task TrimAsync(OrdinalSet consumed, CancellationToken cancellationToken)
    {
        _state.State = new TransitionLogState
        {
            Consumed = _state.State.Consumed.Union(consumed),
            Entries = _state.State.Entries.RemoveRange(_state.State.Entries.Keys.Where(consumed.Contains)),
        };
        return _write.SaveAsync();
    }
}
