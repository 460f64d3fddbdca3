namespace StepTool.Learning.Checkpoints;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Metadata">Free text by key.</param>
/// <param name="Tensors">The tensors in the file's order.</param>
public sealed record SafetensorsContent(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsTensor> Tensors);
