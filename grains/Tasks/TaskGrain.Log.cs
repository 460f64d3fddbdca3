using Microsoft.Extensions.Logging;
using StepTool.Core.Episodes;

namespace StepTool.Grains.Tasks;

/// <content>What a task tells its operator.</content>
internal sealed partial class TaskGrain
{
    private void LogRetry(EpisodeId episode, double seconds, string reason, Exception exception)
    {
        LogRetryReason(episode, seconds, reason);
        LogRetryDetail(exception, episode);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Episode {Episode}: a step failed and is tried again in {Seconds:F1} s: {Reason}")]
    private partial void LogRetryReason(EpisodeId episode, double seconds, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Episode {Episode}: the failed step.")]
    private partial void LogRetryDetail(Exception exception, EpisodeId episode);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Episode {Episode}: its state could not be read again.")]
    private partial void LogReload(Exception exception, EpisodeId episode);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Episode {Episode}: its lease could not be given back and ends with this silo, or by time.")]
    private partial void LogRelease(Exception exception, EpisodeId episode);
}
