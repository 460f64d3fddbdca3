using StepTool.Core.Tools;

namespace StepTool.Core.Episodes;

/// <summary>One turn of an episode: decision, observation and, when the episode has ended, rewards.</summary>
public sealed record Step
{
    /// <summary>What was decided.</summary>
    public required Decision Decision { get; init; }

    /// <summary>Status as ToolBench numbers it.</summary>
    public ToolStatus Status { get; init; }

    /// <summary>What the agent reads: the answer, or its error, cut to the observation's limit.</summary>
    public string Observation { get; init; } = "";

    /// <summary>Where the answer came from; null for Finish.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary>The real call behind the answer; null where there was none.</summary>
    public RealCall? Real { get; init; }

    /// <summary>The fault that came instead of an answer, where the episode was resumed behind it: an episode with such a step is not learnt from. Null otherwise.</summary>
    public ToolFaultKind? Fault { get; init; }

    /// <summary>Whether the call worked.</summary>
    public bool Success { get; init; }

    /// <summary>Whether the same canonical call had already succeeded in this episode.</summary>
    public bool Repeats { get; init; }

    /// <summary>Whether the step contributed to solving the task; decided when the episode has ended.</summary>
    public bool Contributes { get; init; }

    /// <summary>Reward of the step; set when the episode has ended.</summary>
    public double Reward { get; init; }

    /// <summary>The call of this step, or null for Finish.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public ToolCall? Call => (Decision.Action as CallApi)?.Call;
}
