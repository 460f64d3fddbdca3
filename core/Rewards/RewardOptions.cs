using System.ComponentModel.DataAnnotations;

namespace StepTool.Core.Rewards;

/// <summary>How steps are rewarded.</summary>
public sealed record RewardOptions
{
    /// <summary>Weight w of all step rewards together against a Solved task, in [0, 1]; default 0.5.</summary>
    [Range(0.0, 1.0)]
    public double StepWeight { get; init; } = 0.5;

    /// <summary>Which parts of the step reward are paid; default both.</summary>
    public RewardParts Parts { get; init; } = RewardParts.Both;

    /// <summary>How contribution is decided; default by what later calls and the answer used.</summary>
    public ContributionKind Contribution { get; init; } = ContributionKind.Used;
}

/// <summary>Parts of the step reward.</summary>
[Flags]
public enum RewardParts
{
    /// <summary>The final reward only.</summary>
    Final = 0,

    /// <summary>Whether the call worked.</summary>
    Success = 1,

    /// <summary>Whether the call contributed.</summary>
    Contribution = 2,

    /// <summary>Both.</summary>
    Both = Success | Contribution,
}

/// <summary>Rules that decide contribution.</summary>
public enum ContributionKind
{
    /// <summary>A value of the answer was used by a later successful call, or the answer supplies what the task asks for.</summary>
    Used,

    /// <summary>The released rule by longest common subsequence with the final answer: for fidelity only.</summary>
    CommonSubsequence,
}
