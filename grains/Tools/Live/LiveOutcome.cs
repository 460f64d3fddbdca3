using StepTool.Core.Tools;

namespace StepTool.Grains.Tools.Live;

/// <summary>What a real call came to, all attempts included.</summary>
/// <param name="Reply">The reply.</param>
internal sealed record LiveOutcome(ToolReply Reply)
{
    /// <summary>Whether it may have reached the API.</summary>
    public bool WasSent { get; init; } = true;

    /// <summary>Whether the same call may do better later and may be made again.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>Whether it failed such that a simulated answer may stand in: not where something may have been changed.</summary>
    public bool MaySimulate { get; init; }
}
