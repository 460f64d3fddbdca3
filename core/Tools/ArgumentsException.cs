namespace StepTool.Core.Tools;

/// <summary>Arguments, or a literal, that cannot be read.</summary>
/// <param name="position">Where in the text the fault is, from 0.</param>
/// <param name="reason">What was expected and what was found.</param>
public sealed class ArgumentsException(int position, string reason)
    : FormatException($"Arguments cannot be read at position {position}: {reason}. Give one JSON object, such as {{\"city\": \"Oslo\"}}.")
{
    /// <summary>Where in the text the fault is, from 0.</summary>
    public int Position => position;

    /// <summary>What was expected and what was found.</summary>
    public string Reason => reason;
}
