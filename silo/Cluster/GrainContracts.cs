using System.Reflection;
using StepTool.Grains.Contracts;

namespace StepTool.Silo.Cluster;

/// <summary>The grain interfaces of this build.</summary>
public static class GrainContracts
{
    /// <summary>The assembly that holds grains and their interfaces.</summary>
    public static Assembly Assembly => typeof(IRunGrain).Assembly;

    /// <summary>This build's contract hash.</summary>
    public static string Hash { get; } = ContractHash.Of(
        Assembly.GetExportedTypes().Where(type => type.IsInterface && type.Namespace == typeof(IRunGrain).Namespace));

    /// <summary>This build's version.</summary>
    public static string Version { get; } = typeof(GrainContracts).Assembly.GetName().Version?.ToString(3) ?? "0";
}
