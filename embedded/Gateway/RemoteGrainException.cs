using Orleans.Runtime;

namespace StepTool.Embedded.Gateway;

/// <summary>A grain behind a gateway threw an exception whose type cannot be made here.</summary>
public sealed class RemoteGrainException : OrleansException
{
    /// <summary>With the type's full name and the message.</summary>
    public RemoteGrainException(string originalType, string message, Exception? innerException) : base($"{originalType}: {message}", innerException)
    {
        OriginalType = originalType;
    }

    /// <summary>Full name of the type that was thrown.</summary>
    public string OriginalType { get; }
}
