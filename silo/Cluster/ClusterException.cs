namespace StepTool.Silo.Cluster;

/// <summary>A silo cannot be a member of its cluster as it is configured; the message names key, value, rule and remedy.</summary>
/// <param name="message">For the operator.</param>
/// <param name="cause">What was met.</param>
public sealed class ClusterException(string message, Exception? cause = null) : Exception(message, cause);
