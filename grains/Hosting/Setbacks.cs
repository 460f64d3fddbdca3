using StepTool.Core.Storage;

namespace StepTool.Grains.Hosting;

/// <summary>Grains whose calls failed. Each is left alone for a while, one whose record is damaged for longer, so that it holds up no other and fills no log.</summary>
internal sealed class Setbacks(TimeProvider time)
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterDamage = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, (long Since, TimeSpan Wait)> _failed = new(StringComparer.Ordinal);

    /// <summary>Calls a grain unless it is being left alone.</summary>
    /// <param name="grain">Its name.</param>
    /// <param name="call">The call.</param>
    /// <param name="first">Told of the first failure after a success.</param>
    /// <returns>Whether the call was made and succeeded.</returns>
    internal async Task<bool> TryAsync(string grain, Func<Task> call, Action<Exception, string> first)
    {
        var hasFailed = _failed.TryGetValue(grain, out var last);
        if (hasFailed && time.GetElapsedTime(last.Since) < last.Wait)
        {
            return false;
        }

        try
        {
            await call();
            _failed.Remove(grain);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _failed[grain] = (time.GetTimestamp(), StorageException.IsDamage(exception) ? AfterDamage : AfterFailure);
            if (!hasFailed)
            {
                first(exception, grain);
            }

            return false;
        }
    }
}
