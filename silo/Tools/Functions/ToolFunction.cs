using Microsoft.Extensions.AI;

namespace StepTool.Silo.Tools.Functions;

/// <summary>A function of the host that agents may call.</summary>
/// <param name="Function">The function, with its schema.</param>
/// <param name="IsSafe">Whether a call changes nothing outside, so that it may be repeated and its answer kept.</param>
internal sealed record ToolFunction(AIFunction Function, bool IsSafe);
