namespace StepTool.Grains.Hosting;

/// <summary>How a grain with work of its own goes on when its activation ends before the work does: it calls itself, and the call finds the next activation.</summary>
internal static class Succession
{
    /// <summary>Whether there is a silo for the next activation: always, but when the last one stops.</summary>
    internal static bool HasSuccessor(this ISiloView silos, string self, DeactivationReason reason) =>
        reason.ReasonCode != DeactivationReasonCode.ShuttingDown || silos.Members.Any(silo => silo != self);
}
