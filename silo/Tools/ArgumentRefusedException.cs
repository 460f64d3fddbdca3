namespace StepTool.Silo.Tools;

/// <summary>An argument that cannot be put where it belongs; the message is for the agent.</summary>
internal sealed class ArgumentRefusedException(string message) : Exception(message);
