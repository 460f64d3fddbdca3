using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace StepTool.Embedded.Hosting;

/// <summary>What the engine tells the operator.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Grain} could not be activated; the calls that wait fail with it, the next one tries again.")]
    internal static partial void ActivationFailed(this ILogger logger, GrainId grain, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Grain} could not be activated, since its state could not be read; the calls that wait fail with it, the next one tries again.")]
    internal static partial void StateUnread(this ILogger logger, GrainId grain, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Grain} is gone. {Reason}")]
    internal static partial void Deactivated(this ILogger logger, GrainId grain, DeactivationReason reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Grain} failed while it was deactivated; it is gone all the same.")]
    internal static partial void DeactivationFailed(this ILogger logger, GrainId grain, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A timer tick of {Grain} failed; a periodic timer goes on.")]
    internal static partial void TickFailed(this ILogger logger, GrainId grain, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Work of {Grain} that no caller waits for failed.")]
    internal static partial void WorkFailed(this ILogger logger, GrainId grain, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Silo} runs {Classes} grain classes.")]
    internal static partial void Started(this ILogger logger, string silo, int classes);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Silo} stopped; {Left} activations did not end in time.")]
    internal static partial void Stopped(this ILogger logger, string silo, int left);
}
