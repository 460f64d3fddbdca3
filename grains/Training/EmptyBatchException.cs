namespace StepTool.Grains.Training;

/// <summary>A batch holds no usable episode: there is nothing to learn from.</summary>
internal sealed class EmptyBatchException(string message) : Exception(message);
