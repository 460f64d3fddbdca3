using Orleans.Concurrency;
using StepTool.Core.Tools;

namespace StepTool.Grains.Contracts;

/// <summary>One API of one world, keyed <c>world/category/tool/api</c>: owns its answers, limits and calls in flight.</summary>
[Alias("StepTool.IToolApiGrain")]
public interface IToolApiGrain : IGrainWithStringKey
{
    /// <summary>Calls the API. An error of the API is an answer; a fault of the infrastructure is a <see cref="ToolFaulted"/>.</summary>
    [Alias("Call"), AlwaysInterleave, ResponseTimeout("00:00:30")] // longer than a tool's own time-out, also for callers with less patience
    Task<ToolReply> CallAsync(ToolRequest request, CancellationToken cancellationToken = default);

    /// <summary>Whether a call that changes something may be sent to this activation now: not when its silo is leaving, with which such a call might be lost.</summary>
    [Alias("IsReady"), AlwaysInterleave]
    Task<bool> IsReadyAsync(CancellationToken cancellationToken = default);

    /// <summary>What the API has done since its activation.</summary>
    [Alias("Statistics"), AlwaysInterleave]
    Task<ToolStatistics> StatisticsAsync(CancellationToken cancellationToken = default);
}

/// <summary>Counters of an API.</summary>
/// <param name="Calls">Calls taken. Answers that a silo kept in its memory are no calls.</param>
/// <param name="Coalesced">Calls that shared the answer of an equal call in flight.</param>
/// <param name="Errors">Answers that were errors of the API.</param>
/// <param name="Faults">Calls that ended in a fault.</param>
public sealed record ToolStatistics(long Calls, long Coalesced, long Errors, long Faults)
{
    /// <summary>Calls answered from kept answers of earlier real calls.</summary>
    public long Cached { get; init; }

    /// <summary>Calls whose answer was made up.</summary>
    public long Simulated { get; init; }

    /// <summary>Calls that were told to come again later.</summary>
    public long Deferred { get; init; }

    /// <summary>Attempts at the real API.</summary>
    public long Upstream { get; init; }

    /// <summary>Attempts that were not a call's first.</summary>
    public long Retries { get; init; }

    /// <summary>Attempts that a breaker held back.</summary>
    public long Broken { get; init; }
}
