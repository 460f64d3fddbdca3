using System.Collections.Immutable;
using StepTool.Core.Tasks;

namespace StepTool.Client.Queue;

/// <summary>What a file of tasks holds.</summary>
/// <param name="Tasks">Tasks to be queued, in the order of the file.</param>
/// <param name="Refused">Lines that cannot be queued.</param>
internal sealed record TaskFile(ImmutableArray<AgentTask> Tasks, ImmutableArray<RefusedLine> Refused);

/// <summary>A line that cannot be queued.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="Key">The key at fault; empty where the line as a whole is.</param>
/// <param name="Rule">What is wrong, and the remedy.</param>
internal sealed record RefusedLine(string File, int Line, string Key, string Rule)
{
    /// <summary>The line as an error message.</summary>
    public override string ToString() => $"{File}:{Line}: {(Key.Length > 0 ? $"key '{Key}': " : "")}{Rule}";
}
