namespace Orleans;

/// <summary>Why an activation ends.</summary>
public readonly struct DeactivationReason(DeactivationReasonCode code, Exception? exception, string text)
{
    /// <summary>A reason without an exception.</summary>
    public DeactivationReason(DeactivationReasonCode code, string text) : this(code, null, text)
    {
    }

    /// <summary>The kind.</summary>
    public DeactivationReasonCode ReasonCode { get; } = code;

    /// <summary>What happened, for the operator.</summary>
    public string Description { get; } = text;

    /// <summary>The exception that led to it, if any.</summary>
    public Exception? Exception { get; } = exception;

    /// <inheritdoc/>
    public override string ToString() => Exception is null ? $"{ReasonCode}: {Description}" : $"{ReasonCode}: {Description}. Exception: {Exception}";
}

/// <summary>The kinds of reasons; the embedded engine gives those that can happen in one process.</summary>
public enum DeactivationReasonCode : byte
{
    /// <summary>None given.</summary>
    None,

    /// <summary>The process stops.</summary>
    ShuttingDown,

    /// <summary>The constructor, a state's first read or OnActivateAsync failed.</summary>
    ActivationFailed,

    /// <summary>Only with several silos.</summary>
    DirectoryFailure,

    /// <summary>Idle for longer than its collection age.</summary>
    ActivationIdle,

    /// <summary>Only with several silos.</summary>
    ActivationUnresponsive,

    /// <summary>Only with several silos.</summary>
    DuplicateActivation,

    /// <summary>Only with several silos.</summary>
    IncompatibleRequest,

    /// <summary>A call let an InconsistentStateException out.</summary>
    ApplicationError,

    /// <summary>DeactivateOnIdle.</summary>
    ApplicationRequested,

    /// <summary>Only with several silos.</summary>
    Migrating,

    /// <summary>Asked for from outside of the grain.</summary>
    RuntimeRequested,

    /// <summary>Only with several silos.</summary>
    HighMemoryPressure,
}
