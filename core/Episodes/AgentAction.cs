using System.Text.Json.Serialization;
using StepTool.Core.Tools;

namespace StepTool.Core.Episodes;

/// <summary>What an agent does in a turn: call an API or finish.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "action")]
[JsonDerivedType(typeof(CallApi), "call")]
[JsonDerivedType(typeof(Finish), "finish")]
public abstract record AgentAction;

/// <summary>Calls an API.</summary>
/// <param name="Call">The call.</param>
public sealed record CallApi(ToolCall Call) : AgentAction;

/// <summary>Ends the episode.</summary>
/// <param name="GaveUp">True for ToolBench's <c>give_up_and_restart</c>.</param>
/// <param name="Answer">The final answer; null when fixed code is to compose it from the observations.</param>
public sealed record Finish(bool GaveUp = false, string? Answer = null) : AgentAction;

/// <summary>An action with what is needed to learn from it later.</summary>
/// <param name="Action">The action.</param>
/// <param name="LogProbability">Natural log-probability under the behaviour policy; 0 where it was certain.</param>
/// <param name="Version">Version of the behaviour policy; null for policies without versions.</param>
/// <param name="Candidate">Index among the enumerated candidates, or -1 for policies that do not enumerate.</param>
public sealed record Decision(AgentAction Action, double LogProbability, int? Version = null, int Candidate = -1);
