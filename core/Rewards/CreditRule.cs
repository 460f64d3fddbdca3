namespace StepTool.Core.Rewards;

/// <summary>
/// Three choices in how an episode's rewards become credit. <c>Released, Token, Dropped</c> is what the code published with StepTool (arXiv:2410.07745) runs;
/// the default is the repaired form.
/// </summary>
public sealed record CreditRule
{
    /// <summary>How a step's reward is weighted, and whether later rewards reach it; default return-to-go.</summary>
    public CreditWeighting Weighting { get; init; } = CreditWeighting.ReturnToGo;

    /// <summary>What discount and lambda are counted in; default turns.</summary>
    public CreditClock Clock { get; init; } = CreditClock.Turn;

    /// <summary>Whether the last step's score counts; default kept.</summary>
    public TerminalScore Terminal { get; init; } = TerminalScore.Kept;
}

/// <summary>How a step's reward is weighted.</summary>
public enum CreditWeighting
{
    /// <summary>As it is: a step is credited with its own and, discounted, all later rewards.</summary>
    ReturnToGo,

    /// <summary>Times n - i - 1 for step i of n, from 0, so that the earliest step weighs most; later scores reach a step as with return-to-go.</summary>
    Released,

    /// <summary>As it is: a step is credited with its own reward alone.</summary>
    Immediate,
}

/// <summary>What a tick of discount and lambda is.</summary>
public enum CreditClock
{
    /// <summary>One turn.</summary>
    Turn,

    /// <summary>One token of actions and observations alike, so that credit hardly crosses a long observation.</summary>
    Token,
}

/// <summary>What becomes of the last step's score.</summary>
public enum TerminalScore
{
    /// <summary>It counts with weight 1.</summary>
    Kept,

    /// <summary>It counts as 0, as the release's factor n - i - 1 makes it.</summary>
    Dropped,
}
