namespace StepTool.Grains.Hosting;

/// <summary>Name of this silo, unique in its cluster and new with each start.</summary>
/// <param name="Name">The name.</param>
public sealed record SiloName(string Name);
