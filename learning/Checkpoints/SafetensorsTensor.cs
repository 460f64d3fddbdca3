namespace StepTool.Learning.Checkpoints;

/// <summary>One tensor of a safetensors file, in single precision.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Shape">Its lengths, outermost first.</param>
/// <param name="Values">Its numbers, row-major; as many as the product of the shape.</param>
public sealed record SafetensorsTensor(string Name, IReadOnlyList<int> Shape, ReadOnlyMemory<float> Values);
