namespace StepTool.Tests.Grains.Engines.Embedded;

/// <summary>What goes wrong in a simulation.</summary>
internal enum Disturbance
{
    /// <summary>The silo dies.</summary>
    Death,

    /// <summary>A write fails, before or after it is stored.</summary>
    Write,

    /// <summary>A state is not read.</summary>
    Read,

    /// <summary>A blob is not stored, or is and the writer is told that it is not.</summary>
    BlobWrite,

    /// <summary>A blob is not read.</summary>
    BlobRead,

    /// <summary>A blob is not erased.</summary>
    BlobErasure,

    /// <summary>A call breaks off.</summary>
    Call,

    /// <summary>The policy is away.</summary>
    Policy,

    /// <summary>The judge is away.</summary>
    Judge,

    /// <summary>An episode ends since the outcome of a call is unknown.</summary>
    UnknownOutcome,

    /// <summary>An episode goes on behind a fault.</summary>
    Resumption,
}
