using System.Runtime.ExceptionServices;
using StepTool.Client.CommandLine;
using StepTool.Grains.Tools;

namespace StepTool.Client.Connections;

/// <summary>How long a console waits for silos that have gone before it gives a call up: nearly every call may be repeated, so one that was lost is made again.</summary>
internal sealed class LostCalls(Uri silo, Terminal terminal, TimeProvider time)
{
    /// <summary>How long a call is made again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan SaidFrom = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);
    private static readonly AsyncLocal<bool> IsOnce = new();
    private readonly Lock _gate = new();
    private long? _said;

    /// <summary>Makes a call that changes something outside: once it may have been carried out, it is not made again and fails as it was lost.</summary>
    public static async Task<T> OnceAsync<T>(Func<Task<T>> call)
    {
        IsOnce.Value = true;
        return await call();
    }

    /// <summary>Completes when a call is to be made again.</summary>
    /// <param name="fault">How it was lost.</param>
    /// <param name="waited">Since it was first made.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="Refusal">The silos have been away for too long.</exception>
    public async Task AgainAsync(Exception fault, TimeSpan waited, CancellationToken cancellationToken)
    {
        if (IsOnce.Value && !LostCall.WasTurnedAway(fault))
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        if (waited > Patience)
        {
            throw Refusal.Failed($"The silo at {silo} has not answered for {Patience.TotalSeconds:0} seconds. Runs go on when silos are back; see 'steptool runs list --silo {silo}' then.", fault);
        }

        if (waited > SaidFrom)
        {
            Say();
        }

        await Task.Delay(BetweenTries, time, cancellationToken);
    }

    // Once for all calls that wait together.
    private void Say()
    {
        lock (_gate)
        {
            if (_said is { } said && time.GetElapsedTime(said) < Patience)
            {
                return;
            }

            _said = time.GetTimestamp();
        }

        terminal.Complain($"No answer yet through {silo}; trying again for {Patience.TotalSeconds:0} seconds. What was stored is kept.");
    }
}
