using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using StepTool.Client.Connections;

namespace StepTool.Client.Engines;

/// <summary>Makes a call again that was lost with its silo, by another gateway.</summary>
internal sealed class PatientCalls(LostCalls lost, TimeProvider time) : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        var began = time.GetTimestamp();
        while (await FaultAsync(context) is { } fault)
        {
            await lost.AgainAsync(fault, time.GetElapsedTime(began), CancellationToken.None);
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
