using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using StepTool.Embedded.Calls;
using StepTool.Embedded.Hosting;

namespace StepTool.Embedded.Activations;

internal sealed partial class Activation
{
    private Phase _phase;

    private enum Phase : byte
    {
        Fresh,
        Activating,
        Active,
        Deactivating,
        Gone,
    }

    private void BeginIfFresh()
    {
        if (_phase == Phase.Fresh)
        {
            _phase = Phase.Activating;
            _work.Enqueue((Action)(() => _ = ActivateAsync()));
        }
    }

    private async Task ActivateAsync()
    {
        var isReading = false;
        try
        {
            _scope = _engine.Services.CreateAsyncScope();
            _grain = Class.Create(this, out var states);
            isReading = true;
            foreach (var state in states)
            {
                await state.ReadStateAsync();
            }

            isReading = false;
            if (Class.ActivatesItself)
            {
                using var timeout = new CancellationTokenSource(_engine.Options.ActivationTimeout, Time);
                await ((IGrainBase)_grain).OnActivateAsync(timeout.Token);
            }
        }
        catch (Exception exception)
        {
            if (isReading)
            {
                _engine.Log.StateUnread(GrainId, exception); // its callers have the storage's reason, and know what it is to them
            }
            else
            {
                _engine.Log.ActivationFailed(GrainId, exception);
            }

            await DisposeAsync();
            foreach (var request in Leave(new(DeactivationReasonCode.ActivationFailed, exception, "The activation failed.")))
            {
                request.Fail(exception);
            }

            return;
        }

        List<Request> refused = [];
        lock (_gate)
        {
            // this is a piece of work, so the drain that runs it sees what is added here
            if (_ending?.Reason is not { } asked)
            {
                _phase = Phase.Active;
                AdmitWaiting();
                return;
            }

            if (asked.ReasonCode == DeactivationReasonCode.ApplicationRequested)
            {
                // the next activation would do the same, and its successor
                _waiting.CopyTo(refused);
                refused.ForEach(_waiting.Remove);
            }

            _phase = Phase.Deactivating;
            EndIfDone();
        }

        refused.ForEach(request => request.Fail(new OrleansMessageRejectionException($"{GrainId} asked for its end while it was being activated.", null)));
    }
}
