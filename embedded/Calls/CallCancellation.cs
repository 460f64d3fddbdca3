namespace StepTool.Embedded.Calls;

/// <summary>Carries a caller's cancellation to the grain: the caller is answered at once, the grain's own token is cancelled on its scheduler.</summary>
internal sealed class CallCancellation(Request call) : CancellationTokenSource
{
    private CancellationTokenRegistration _registration;

    internal void Follow(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (self, token) =>
                {
                    var cancellation = (CallCancellation)self!;
                    cancellation.Answer(token);
                    cancellation.CancelGrain();
                },
                this);
        }
    }

    internal void Unfollow() => _registration.Unregister();

    /// <summary>Cancels the grain's token as a turn of its own, so that what is registered on it never runs beside the grain's code.</summary>
    internal void CancelGrain() => call.Target?.Post(Cancel);

    private void Answer(CancellationToken cancellationToken) => call.Fail(new OperationCanceledException(cancellationToken));
}
