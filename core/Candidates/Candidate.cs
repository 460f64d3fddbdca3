using System.Collections.Immutable;
using StepTool.Core.Episodes;

namespace StepTool.Core.Candidates;

/// <summary>One action that a candidate-scoring policy can choose, with where its arguments come from.</summary>
/// <param name="Action">The action.</param>
/// <param name="Api">Index of the API among <see cref="Situation.Apis"/>, or -1 for Finish.</param>
/// <param name="Bindings">One binding for each argument.</param>
public sealed record Candidate(AgentAction Action, int Api, ImmutableArray<ArgumentBinding> Bindings);

/// <summary>Where an argument's value comes from.</summary>
/// <param name="Parameter">Index of the parameter in the API's documentation.</param>
/// <param name="Value">The value as text.</param>
/// <param name="Source">Kind of source.</param>
/// <param name="Step">Index of the step whose observation holds the value, or -1.</param>
/// <param name="Field">Name of the field or the words before the value; empty for defaults.</param>
/// <param name="Match">How well the value's name and type fit the parameter, 0 to 1.</param>
public readonly record struct ArgumentBinding(int Parameter, string Value, ArgumentSource Source, int Step, string Field, float Match);

/// <summary>Kinds of source of an argument's value.</summary>
public enum ArgumentSource
{
    /// <summary>A literal of the query.</summary>
    Query,

    /// <summary>A field of an earlier answer.</summary>
    Observation,

    /// <summary>A value out of an earlier error's text.</summary>
    Error,

    /// <summary>A documented default.</summary>
    Default,

    /// <summary>A documented choice.</summary>
    Choice,

    /// <summary>Nothing fitted: the query's text or the type's plainest value.</summary>
    Fallback,
}
