namespace StepTool.Core.Worlds.Recorded;

/// <summary>A folder or an archive of recorded tasks cannot be used; the message names what is wrong, where, and the remedy.</summary>
public sealed class RecordedWorldException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RecordedWorldException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public RecordedWorldException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
