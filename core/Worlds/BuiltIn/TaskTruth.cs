using System.Collections.Immutable;
using StepTool.Core.Tasks;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>Kinds of tasks, in the order in which shares are dealt.</summary>
internal enum TaskKind
{
    /// <summary>Nothing special.</summary>
    Plain,

    /// <summary>A call of the chain fails once.</summary>
    Retriable,

    /// <summary>An API of the chain fails for good; its equivalent is offered.</summary>
    Permanent,

    /// <summary>An overview that is not needed overlaps the answer.</summary>
    Bait,

    /// <summary>The first identifier stands only in the error of a failing call.</summary>
    Probe,
}

/// <summary>A task with what its world knows of it.</summary>
/// <param name="Task">What an agent is told.</param>
/// <param name="Labels">What evaluation groups by.</param>
/// <param name="RequestedField">Name of the field that is asked for.</param>
/// <param name="Truth">What solves it; for the judge and the oracle only.</param>
internal sealed record GeneratedTask(AgentTask Task, TaskLabels Labels, string RequestedField, TaskTruth Truth);

/// <summary>What solves a task.</summary>
/// <param name="Value">The requested field's value.</param>
/// <param name="Chain">The calls to be made, in order.</param>
/// <param name="Name">The registered name to be tried first in a probe; null elsewhere.</param>
internal sealed record TaskTruth(string Value, ImmutableArray<ChainCall> Chain, string? Name);

/// <summary>One call of a chain.</summary>
/// <param name="Api">The API.</param>
/// <param name="Mirror">Its equivalent, where one is offered.</param>
/// <param name="Id">The identifier to be given.</param>
internal sealed record ChainCall(GeneratedApi Api, GeneratedApi? Mirror, string Id)
{
    /// <summary>Whether a key names the API or its equivalent.</summary>
    public bool IsServedBy(Tools.ApiKey key) => key == Api.Key || key == Mirror?.Key;
}
