namespace StepTool.Core.Tools.Live;

/// <summary>Makes single attempts at real APIs: no cache, no retry, no limit; those are the API's grain's. Safe for concurrent use.</summary>
public interface ILiveCaller
{
    /// <summary>What limits, permits and breakers are kept by: <c>https://api.example.com</c>, <c>mcp:files</c>, <c>function:name</c>. Null where this host cannot call it (no adapter, not configured).</summary>
    string? HostOf(ApiBinding binding);

    /// <summary>Calls once. Only cancellation is thrown; every other outcome is a reply.</summary>
    ValueTask<LiveReply> CallAsync(ApiDefinition api, ToolCall call, CancellationToken cancellationToken);
}

/// <summary>What one attempt came to.</summary>
/// <param name="Reply">The answer with its <see cref="RealCall"/>, or a fault.</param>
/// <param name="IsTransient">Whether the same call may do better later: no connection, reset, 408, 429, 5xx.</param>
/// <param name="RetryAfter">How long the API asked to be left alone; null where it did not.</param>
public sealed record LiveReply(ToolReply Reply, bool IsTransient = false, TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the request certainly never left, so that even a mutating call may be made again.</summary>
    public bool NeverSent { get; init; }
}
