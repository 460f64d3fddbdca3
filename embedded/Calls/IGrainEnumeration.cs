using Orleans;

namespace StepTool.Embedded.Calls;

/// <summary>A stream that an activation has open for a caller.</summary>
internal interface IGrainEnumeration
{
    /// <summary>Ends the stream because its activation ends: the caller is told, the grain's code is cancelled but not waited for.</summary>
    void Abort(DeactivationReason reason);
}
