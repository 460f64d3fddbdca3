namespace StepTool.Client.CommandLine;

/// <summary>A command cannot do what it was asked; the message is for its user and ends with the remedy.</summary>
internal sealed class Refusal : Exception
{
    private Refusal(string message, int exitCode, Exception? cause)
        : base(message, cause) => ExitCode = exitCode;

    /// <summary>1 where the work failed, 2 where the command was used wrongly.</summary>
    public int ExitCode { get; }

    /// <summary>The work failed.</summary>
    public static Refusal Failed(string message, Exception? cause = null) => new(message, 1, cause);

    /// <summary>The command was used wrongly.</summary>
    public static Refusal Usage(string message) => new(message, 2, null);
}
