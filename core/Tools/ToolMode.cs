namespace StepTool.Core.Tools;

/// <summary>Where the answers of a run's calls may come from.</summary>
public enum ToolMode
{
    /// <summary>From the world alone: recorded, else simulated. Nothing is called for real; equal calls always get equal answers.</summary>
    Recorded,

    /// <summary>From the cache of real answers, else by a real call; what fails is an answer or a fault.</summary>
    Live,

    /// <summary>As <see cref="Live"/>, and simulated where the real call fails or there is nothing to call.</summary>
    LiveThenSimulated,

    /// <summary>From the cache of real answers or the record; what is in neither is a fault, so that a run can be played again exactly.</summary>
    Replay,
}

/// <summary>What follows from a mode.</summary>
public static class ToolModes
{
    extension(ToolMode mode)
    {
        /// <summary>Whether a call may leave the cluster, and so may change something outside.</summary>
        public bool IsLive => mode is ToolMode.Live or ToolMode.LiveThenSimulated;
    }
}
