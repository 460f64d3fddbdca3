namespace StepTool.Learning.Checkpoints;

/// <summary>A policy as bytes, for a blob store or a directory.</summary>
/// <param name="Description">`policy.json`.</param>
/// <param name="Weights">`weights.safetensors`.</param>
/// <param name="Optimiser">`optimiser.safetensors`: what only further training needs; empty for a policy that is only used.</param>
public sealed record PolicyBlobs(ReadOnlyMemory<byte> Description, ReadOnlyMemory<byte> Weights, ReadOnlyMemory<byte> Optimiser);
