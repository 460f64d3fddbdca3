using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>A write or clear lost the race: the record's version is no longer the one that was read.</summary>
/// <remarks>Caught, the activation lives on and may read again. Let out of a call, it ends the activation, and the next call reads afresh.</remarks>
public class InconsistentStateException : OrleansException
{
    /// <summary>Without words.</summary>
    public InconsistentStateException()
    {
    }

    /// <summary>With a message.</summary>
    public InconsistentStateException(string message) : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public InconsistentStateException(string message, Exception? innerException) : base(message, innerException)
    {
    }

    /// <summary>With a message and both versions.</summary>
    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag) : this(errorMsg, storedEtag, currentEtag, null)
    {
    }

    /// <summary>With a message, both versions and the cause.</summary>
    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
        : base($"{errorMsg} Stored ETag: {storedEtag ?? "none"}. Current ETag: {currentEtag ?? "none"}.", storageException)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    /// <summary>The version in the store; "Unknown" where a store does not tell.</summary>
    public string? StoredEtag { get; }

    /// <summary>The version that the grain had.</summary>
    public string? CurrentEtag { get; }

    /// <summary>Whether it still belongs to the activation whose state it is about, and not to a caller that it has crossed to.</summary>
    internal bool IsSourceActivation { get; set; } = true;
}
