using Orleans.Runtime;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Core.Tools;

namespace StepTool.Grains.Tasks;

/// <content>What a task stores and goes on from.</content>
internal sealed partial class TaskGrain
{
    private const int LastTries = 6;

    private int Resumed => _spec?.Resumes?.Number ?? 0;

    /// <summary>What this attempt has stored; what an earlier one left behind is none of it.</summary>
    private TaskState? Stored => state.RecordExists && state.State.Resumed == Resumed ? state.State : null;

    /// <summary>The reply to the stored call, at hand until its step is saved.</summary>
    private ToolReply? Replied => _episode is { Pending: not null } episode ? ReplyTo(EpisodeEngine.Request(episode, _spec!.Tools)) : null;

    private int? Version => _policy?.Version ?? Stored?.Version ?? (_spec!.Policy.Pin is PolicyPin.Version ? _spec.Policy.Version : null);

    private async ValueTask<Episode> BeginAsync(RolloutSpec spec, CancellationToken cancellationToken) => spec.Resumes is { } resumes
        ? EpisodeEngine.Resume(await archive.ReadAsync(resumes.Trajectory, cancellationToken), spec.Tools)
        : spec.Begin();

    private bool IsNewer(TaskState stored) => stored.Resumed > Resumed;

    /// <summary>
    /// Why what is stored cannot be of the rollout that the run offers; null where it can. A run whose record was put back from an older copy gives an ordinal anew.
    /// </summary>
    private string? Contradiction() => !state.RecordExists ? null
        : IsNewer(state.State) ? $"what is stored of it is attempt {state.State.Resumed}, and its run knows of attempt {Resumed} at most"
        : !state.State.Episode.Task.IsSameAs(_spec!.Task) ? $"what is stored of it is task '{state.State.Episode.Task.Id}', {state.State.Episode.TurnsTaken} turns far, and its run offers task '{_spec.Task.Id}'"
        : null;

    private async Task SaveAsync(Episode episode)
    {
        state.State = new TaskState(episode, Version) { Resumed = Resumed, Caller = episode is { Pending: null } or { HasEnded: true } ? null : slots.Silo };
        await state.WriteStateAsync();
        _episode = episode;
    }

    // An intent whose call was not sent would look to the next activation like one whose call was.
    private async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        var intent = _unsent;
        _unsent = null; // nothing is sent from here on
        await InsistAsync(
            () => intent is not null && intent == state.Etag,
            () =>
            {
                state.State = state.State with { Episode = state.State.Episode with { Pending = null }, Caller = null };
                return state.WriteStateAsync();
            },
            cancellationToken);
    }

    // An answer that could not be stored would be lost with this activation, and its call be of unknown outcome.
    private Task KeepAnswerAsync(CancellationToken cancellationToken) => InsistAsync(
        () => Replied is ToolAnswer,
        async () =>
        {
            await SaveAsync(EpisodeEngine.Observe(_episode!, (ToolAnswer)Replied!));
            _received = null;
        },
        cancellationToken);

    private async Task InsistAsync(Func<bool> isOpen, Func<Task> write, CancellationToken cancellationToken)
    {
        for (var tries = 1; isOpen(); tries++)
        {
            try
            {
                await write();
            }
            catch (Exception exception) when (tries < LastTries)
            {
                await Task.Delay(_retries.Next(), time, cancellationToken);
                await ReloadAsync(exception);
            }
        }
    }

    // While the directory of grains changes there may be two activations: this one, and one on a silo that leaves or goes down there, which sees its call to its end.
    private bool IsCalledElsewhere()
    {
        var isElsewhere = _mayBeSent && Stored?.Caller is { } caller && caller != slots.Silo && silos.IsAlive(caller);
        _calledElsewhere = isElsewhere ? _calledElsewhere ?? time.GetTimestamp() : null;
        return _calledElsewhere is { } since && time.GetElapsedTime(since) < LongestCall;
    }

    // After a lost race or a failed write the stored state is the truth.
    private async Task ReloadAsync(Exception cause)
    {
        if (cause is not (StorageException or OrleansException))
        {
            return;
        }

        try
        {
            await ReloadAsync();
        }
        catch (Exception exception)
        {
            LogReload(exception, _id);
        }
    }

    private async Task ReloadAsync()
    {
        await state.ReadStateAsync();
        _episode = state.RecordExists ? state.State.Episode : null;
        if (_intended is { } turn && Stored is { Episode.Pending: not null } intent && intent.Caller == slots.Silo && intent.Episode.TurnsTaken == turn)
        {
            _unsent = state.Etag; // the write of the intent was answered by a fault and stored all the same
        }

        _mayBeSent = _episode?.Pending is not null && state.Etag != _unsent;
        if (!state.RecordExists || IsNewer(state.State))
        {
            _spec = null; // it was played to its end elsewhere, and may be at work again: the run is asked
        }

        if (_spec is null && state.RecordExists)
        {
            (_received, _isArchived) = (null, false); // what this activation has to store or to clear was of the attempt before
        }

        _policy = state.RecordExists && state.State.Version != _policy?.Version ? null : _policy;
    }

    // The queue comes last: as long as it offers a rollout, somebody looks whether a record is left.
    private async Task<TimeSpan> EndAsync(CancellationToken cancellationToken)
    {
        if (state.RecordExists)
        {
            await state.ClearStateAsync();
        }

        await archive.DropAsync(_id, cancellationToken);
        _isOpen = false;
        return Done;
    }
}
