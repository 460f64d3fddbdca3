using Orleans.Runtime;
using StepTool.Core.Episodes;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tools;

namespace StepTool.Grains.Tasks;

/// <summary>How a task calls tools: intent before a mutating call, and never a second time.</summary>
internal sealed partial class TaskGrain
{
    private const ConfigureAwaitOptions Quietly = ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext;
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan WhileItLeaves = TimeSpan.FromMilliseconds(250);

    // A grain call takes 30 s at most; then what came of it is stored.
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(40);

    private async Task<TimeSpan> CallAsync(Episode episode, CancellationToken cancellationToken)
    {
        // A reply whose step could not be saved is at hand still.
        var request = EpisodeEngine.Request(episode, _spec!.Tools);
        var reply = ReplyTo(request) ?? await SendAsync(episode, request, cancellationToken);
        if (reply is null)
        {
            _spec = null;
            return TimeSpan.Zero;
        }

        _received = (request, reply);
        switch (reply)
        {
            case ToolAnswer answer:
                await SaveAsync(EpisodeEngine.Observe(episode, answer));
                _received = null;
                return TimeSpan.Zero;
            case ToolDeferred deferred:
                if (_episode!.Pending is not null)
                {
                    await SaveAsync(episode with { Pending = null }); // not sent: the same decision is made again
                }

                _received = null;
                _isDeferred = true;
                slots.Exit(_id);
                return deferred.Wait < ShortestWait ? ShortestWait : deferred.Wait > LongestWait ? LongestWait : deferred.Wait;
            case ToolFaulted { Fault: var fault }:
                _episode = EpisodeEngine.Fail(episode, new EpisodeFault(FaultBoundary.Tool, fault.Message, fault.Kind));
                return TimeSpan.Zero;
            default:
                throw new InvalidOperationException($"A tool replies with an answer, a deferral or a fault, not {reply.GetType().Name}.");
        }
    }

    private ToolReply? ReplyTo(ToolRequest request) => _received is { } received && received.Request == request ? received.Reply : null;

    /// <summary>Sends a call; null, with nothing sent, when the run does not want this attempt any more or this activation goes down.</summary>
    private async Task<ToolReply?> SendAsync(Episode episode, ToolRequest request, CancellationToken cancellationToken)
    {
        if (!_world!.TryDescribe(request.Call.Api, out var documentation))
        {
            return _world.Answer(request.Call, request.Attempt); // there is no such API to be asked
        }

        var mutates = request.Mode.IsLive && tools.Mutates(_world, documentation);
        if (mutates && _mayBeSent)
        {
            return new ToolFaulted(new ToolFault(
                ToolFaultKind.OutcomeUnknown, $"Call {request.CallId} of {request.Call.Api} may have been sent before; it is not sent again."));
        }

        if (mutates)
        {
            cancellationToken.ThrowIfCancellationRequested(); // a silo that drains leaves no intent behind
            _intended = episode.TurnsTaken;
            await SaveAsync(episode); // the intent: its ETag is the fence against a second activation
            (_unsent, _intended) = (state.Etag, null);
            if (!await Run.IsAtWorkAsync(_id.Ordinal, Resumed, cancellationToken))
            {
                return null; // a second activation has played it to its end and cleared its record: then this write met no fence
            }

            // What is under way to a silo as it leaves may be lost with it. Asked last, so that it has all its drain for the call.
            if (!await GrainFactory.GetGrain<IToolApiGrain>(ToolApiKey.Of(_spec!.World, request.Call.Api)).IsReadyAsync(cancellationToken))
            {
                return new ToolDeferred(WhileItLeaves);
            }

            if (_unsent is null)
            {
                return null; // withdrawn meanwhile, since this activation goes down
            }

            (_mayBeSent, _unsent) = (true, null);
        }

        // A silo that drains waits for a mutating call, since it cannot be made again; a safe one is.
        var reply = await AskAsync(request, mutates, mutates ? CancellationToken.None : cancellationToken);
        _mayBeSent = false;
        return reply;
    }

    // A call that was lost on the way to the API's grain is repeated when it is safe, and of unknown outcome when it mutates.
    private async Task<ToolReply> AskAsync(ToolRequest request, bool mutates, CancellationToken cancellationToken)
    {
        try
        {
            var call = client.CallAsync(GrainFactory, _spec!.World, request, mutates, cancellationToken);
            return request.Mode.IsLive ? await SpareSlotAsync(call) : await call;
        }
        catch (Exception exception) when (mutates && LostCall.WasTurnedAway(exception))
        {
            (_mayBeSent, _unsent) = (false, state.Etag);
            throw;
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException && (mutates || _retries.IsSpentBy(FaultBoundary.Tool)))
        {
            return new ToolFaulted(new ToolFault(mutates ? ToolFaultKind.OutcomeUnknown : ToolFaultKind.Unavailable, $"{request.Call.Api}: {exception.Message}"));
        }
    }

    // An API that hangs keeps its own tasks waiting, not others from their slots.
    private async Task<ToolReply> SpareSlotAsync(Task<ToolReply> call)
    {
        await ((Task)call).WaitAsync(options.Value.SlotHold, time).ConfigureAwait(Quietly);
        if (call.IsCompleted || !slots.Spare(_id))
        {
            return await call;
        }

        try
        {
            return await call;
        }
        finally
        {
            slots.Resume(_id);
        }
    }
}
