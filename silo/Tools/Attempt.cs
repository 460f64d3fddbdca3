using StepTool.Core.Tools;

namespace StepTool.Silo.Tools;

/// <summary>What an adapter makes of one attempt, before secrets are taken out of it.</summary>
internal abstract record Attempt
{
    /// <summary>Whether the same call may do better later.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the API asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>The tool answered.</summary>
/// <param name="Status">Step status.</param>
/// <param name="Error">What went wrong, in short; empty where nothing did.</param>
/// <param name="Text">What it answered, fit to be read.</param>
internal sealed record Answered(ToolStatus Status, string Error, string Text) : Attempt
{
    /// <summary>HTTP status; null where the call was not HTTP.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Whether the end of the answer is missing.</summary>
    public bool IsCut { get; init; }

    public static Answered Ok(string text) => new(ToolStatus.Ok, "", text);
}

/// <summary>The arguments cannot be sent, and nothing was.</summary>
/// <param name="Reason">What is wrong, for the agent.</param>
internal sealed record Refused(string Reason) : Attempt;

/// <summary>There is no answer.</summary>
/// <param name="Message">Why, for the operator.</param>
internal sealed record Lost(string Message) : Attempt
{
    /// <summary>Whether the request certainly never left.</summary>
    public bool NeverSent { get; init; }
}
