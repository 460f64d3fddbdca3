using System.Collections.Immutable;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds;

/// <summary>A set of tasks and the APIs that answer them. Immutable once loaded; safe for concurrent use.</summary>
public interface IWorld
{
    /// <summary>Id under which a cluster knows this world: a short name and a hash of its content.</summary>
    string Id { get; }

    /// <summary>All tasks, in a fixed order.</summary>
    ImmutableArray<AgentTask> Tasks { get; }

    /// <summary>Turns of a task's episode when the task does not say: Finish included.</summary>
    int DefaultMaxTurns { get; }

    /// <summary>What evaluation groups results by. Never read by a policy.</summary>
    TaskLabels Labels(AgentTask task);

    /// <summary>Finds an API's documentation; false for an unknown API.</summary>
    bool TryDescribe(ApiKey api, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ApiDocumentation? documentation);

    /// <summary>Finds all that is known of an API, how it is called for real included; false for an unknown API, and where answers come from the world's own rules.</summary>
    bool TryDefine(ApiKey api, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ApiDefinition? definition)
    {
        definition = null;
        return false;
    }

    /// <summary>Checks a call before anything is called: what is wrong with it, as an answer that an agent can act on; null when it may be made.</summary>
    ToolAnswer? Refuse(ToolCall call) => null;

    /// <summary>All APIs, ordered by key.</summary>
    IEnumerable<ApiKey> Apis { get; }

    /// <summary>Answers a call from the world alone: recorded, simulated, or an error. The same request always gets the same answer.</summary>
    ToolAnswer Answer(ToolCall call, int attempt);

    /// <summary>Whether a step's answer supplies what the task asks for: rule (b) of the contribution. Reads no relevance.</summary>
    bool Supplies(Episode episode, int step);

    /// <summary>The judge of this world's tasks.</summary>
    IJudge Judge { get; }

    /// <summary>Shows how training tasks are solved; null where there are no demonstrations.</summary>
    IDemonstrator? Demonstrator => null;

    /// <summary>Ids of tasks that no policy can solve, by the world's data alone; never offered for training or test, printed in reports.</summary>
    ImmutableArray<string> Excluded { get; }
}

/// <summary>What evaluation knows of a task.</summary>
/// <param name="Split">Which part of the world it belongs to.</param>
/// <param name="Component">Connected component of tasks sharing relevant tools: the unit of the bootstrap.</param>
/// <param name="Group">Group of the benchmark, such as G1_tool; "built-in" for the generated world.</param>
/// <param name="Depth">Length of the dependency chain; 0 where unknown.</param>
/// <param name="Kind">Kind of task, such as plain, bait or probe; empty where there are none.</param>
public sealed record TaskLabels(Split Split, string Component, string Group, int Depth, string Kind);

/// <summary>Parts of a world's tasks.</summary>
public enum Split
{
    /// <summary>Tasks to learn from.</summary>
    Train,

    /// <summary>Tasks for tuning and reading of failures.</summary>
    Dev,

    /// <summary>Tasks that are only measured.</summary>
    Test,

    /// <summary>Tasks of a user's own, with no known truth.</summary>
    None,
}
