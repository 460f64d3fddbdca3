using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using StepTool.Client.CommandLine;

namespace StepTool.Client.Engines;

/// <summary>Makes a call again that was lost with its silo, by another gateway: every command is idempotent.</summary>
internal sealed class PatientCalls(TimeProvider time) : IOutgoingGrainCallFilter
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        var began = time.GetTimestamp();
        while (await FaultAsync(context) is { } fault)
        {
            if (time.GetElapsedTime(began) > Patience)
            {
                throw Refusal.Failed($"The cluster has not answered for {Patience.TotalSeconds:0} seconds. Runs go on when silos are back; see 'steptool runs list --silo URL' then.", fault);
            }

            await Task.Delay(BetweenTries, time);
        }
    }

    private static async Task<Exception?> FaultAsync(IOutgoingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
            return Lost(context.Response?.Exception);
        }
        catch (Exception exception) when (Lost(exception) is not null)
        {
            return exception;
        }
    }

    private static Exception? Lost(Exception? exception) =>
        exception is TimeoutException or OrleansMessageRejectionException or SiloUnavailableException or ConnectionFailedException ? exception : null;
}
