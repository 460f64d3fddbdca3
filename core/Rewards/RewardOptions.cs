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

    /// <summary>What the step rewards are exchanged for, to see what their place and meaning are worth; default nothing.</summary>
    public RewardControl Control { get; init; } = RewardControl.None;

    /// <summary>
    /// Whether calls that worked are paid in an episode without an answer too; default true. It helps a policy that cannot finish yet, and keeps one that can
    /// from finishing: docs/decisions/0010.
    /// </summary>
    public bool PaysUnanswered { get; init; } = true;

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

/// <summary>Controls: what the rewards of an episode's calls are exchanged for. The last reward stays.</summary>
public enum RewardControl
{
    /// <summary>Nothing: the rewards stay.</summary>
    None,

    /// <summary>The same rewards in another order, drawn by the episode's seed.</summary>
    Shuffled,

    /// <summary>Their mean for each call: the same total, as a bonus for length.</summary>
    Constant,

    /// <summary>Both parts for the first successful call of each relevant API: an upper reference, since it reads the truth.</summary>
    Oracle,
}

/// <summary>Rules that decide contribution.</summary>
public enum ContributionKind
{
    /// <summary>A value of the answer was used by a later successful call, or the answer supplies what the task asks for.</summary>
    Used,

    /// <summary>The released rule by longest common subsequence with the final answer: for fidelity only.</summary>
    CommonSubsequence,
}
