namespace StepTool.Learning.Checkpoints;

/// <summary>A stored policy cannot be used: missing, cut, corrupt, or of another architecture or feature schema. The message names file, place and remedy.</summary>
/// <param name="source">The file or blob.</param>
/// <param name="problem">What is wrong and where, and what to do.</param>
/// <param name="innerException">The cause, where there is one.</param>
public sealed class PolicyFormatException(string source, string problem, Exception? innerException = null)
    : Exception($"{source}: {problem}", innerException)
{
    /// <summary>The file or blob.</summary>
    public string File { get; } = source;
}
