using System.Text.Json.Serialization;

namespace StepTool.Core.Tools;

/// <summary>What became of a call: answered, deferred, or lost to a fault of the infrastructure.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "reply")]
[JsonDerivedType(typeof(ToolAnswer), "answer")]
[JsonDerivedType(typeof(ToolDeferred), "deferred")]
[JsonDerivedType(typeof(ToolFaulted), "faulted")]
public abstract record ToolReply;

/// <summary>The API's answer, an error it gave included: an ordinary observation.</summary>
/// <param name="Status">Step status as ToolBench numbers it.</param>
/// <param name="Error">The error text, or empty.</param>
/// <param name="Response">The response as text: JSON where it is JSON.</param>
/// <param name="Provenance">Where the answer came from. Never a feature and never part of a reward.</param>
public sealed record ToolAnswer(ToolStatus Status, string Error, string Response, Provenance Provenance) : ToolReply
{
    /// <summary>The real call behind the answer; null where there was none.</summary>
    public RealCall? Real { get; init; }

    /// <summary>How long the asker waited for the API's grain; null where nobody measured. Never stored.</summary>
    public TimeSpan? Latency { get; init; }
}

/// <summary>No answer yet: ask again later. The asker frees its slot meanwhile.</summary>
/// <param name="Wait">How long until then: a span and no moment, since the clocks of two machines may differ.</param>
public sealed record ToolDeferred(TimeSpan Wait) : ToolReply;

/// <summary>The infrastructure failed; the episode is excluded from training and counted.</summary>
/// <param name="Fault">What failed.</param>
public sealed record ToolFaulted(ToolFault Fault) : ToolReply;

/// <summary>A fault on the boundary to a tool.</summary>
/// <param name="Kind">What kind of fault.</param>
/// <param name="Message">Detail for the operator.</param>
public sealed record ToolFault(ToolFaultKind Kind, string Message);

/// <summary>Kinds of <see cref="ToolFault"/>.</summary>
public enum ToolFaultKind
{
    /// <summary>The tool could not be reached or its adapter failed.</summary>
    Unavailable,

    /// <summary>A mutating call was sent and its outcome was never learned; it is not sent again.</summary>
    OutcomeUnknown,

    /// <summary>The call took longer than its time-out, every retry included.</summary>
    TimedOut,

    /// <summary>A replay asked for an answer that is neither recorded nor kept.</summary>
    NotRecorded,
}

/// <summary>Where an answer came from.</summary>
public enum Provenance
{
    /// <summary>An answer recorded for exactly these arguments.</summary>
    Recorded,

    /// <summary>A real call made now.</summary>
    Real,

    /// <summary>Made up from the nearest recorded answer.</summary>
    SimulatedNearest,

    /// <summary>Made up from the API's response template.</summary>
    SimulatedTemplate,

    /// <summary>A world's own rule: argument checks, generated worlds.</summary>
    World,

    /// <summary>The answer of an earlier real call, kept.</summary>
    Cached,

    /// <summary>Made up from the schema of the API's response.</summary>
    SimulatedSchema,
}

/// <summary>Step status, numbered as in ToolBench.</summary>
public enum ToolStatus
{
    /// <summary>The call was executed.</summary>
    Ok = 0,

    /// <summary>There is no API of that name.</summary>
    UnknownApi = 1,

    /// <summary>The arguments are not what the API takes.</summary>
    BadInput = 2,

    /// <summary>The agent gave its final answer.</summary>
    FinalAnswer = 3,

    /// <summary>The agent gave up.</summary>
    GaveUp = 4,

    /// <summary>The API timed out.</summary>
    TimedOut = 5,

    /// <summary>The API answered that it found nothing.</summary>
    NotFound = 6,

    /// <summary>Not subscribed to the API.</summary>
    NotSubscribed = 7,

    /// <summary>Not authorised.</summary>
    Unauthorised = 8,

    /// <summary>Too many requests.</summary>
    TooManyRequests = 9,

    /// <summary>Rate limited.</summary>
    RateLimited = 10,

    /// <summary>The message could not be understood.</summary>
    MessageError = 11,

    /// <summary>The request failed.</summary>
    RequestError = 12,
}
