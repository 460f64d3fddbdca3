namespace StepTool.Embedded.Hosting;

/// <summary>Types to find grain classes among; each registration adds its own.</summary>
internal sealed record GrainTypes(IReadOnlyList<Type> Types);
