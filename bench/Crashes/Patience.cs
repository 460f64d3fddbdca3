using System.Diagnostics;
using Orleans.Runtime;
using StepTool.Client.CommandLine;
using StepTool.Core.Storage;

namespace StepTool.Bench.Crashes;

/// <summary>Calls of a cluster whose silos die: made again until one is answered, since each may be.</summary>
internal static class Patience
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Calls until there is an answer.</summary>
    internal static async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> call)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception exception) when (Stopwatch.GetElapsedTime(started) < Longest && IsLoss(exception))
            {
                await Task.Delay(Pause);
            }
        }
    }

    // The console gives a call up sooner, with what it was lost by.
    private static bool IsLoss(Exception exception) =>
        exception is OrleansException or TimeoutException or HttpRequestException or StorageException or IOException || (exception is Refusal { InnerException: { } lost } && IsLoss(lost));
}
