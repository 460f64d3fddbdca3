using Orleans.Runtime;

namespace StepTool.Grains.Tools;

/// <summary>What is known of a call that failed on its way.</summary>
public static class LostCall
{
    /// <summary>Whether it was turned away and so has reached nobody; any other that changes something may have been carried out.</summary>
    public static bool WasTurnedAway(Exception exception) => exception is OrleansMessageRejectionException and not SiloUnavailableException;
}
