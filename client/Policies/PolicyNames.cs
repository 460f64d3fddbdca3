using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Policies;

/// <summary>Finds policies by name.</summary>
internal static class PolicyNames
{
    /// <summary>A policy's newest and promoted versions.</summary>
    /// <exception cref="Refusal">There is no such policy.</exception>
    public static async Task<PolicyHead> HeadAsync(Connection connection, string name, CancellationToken cancellationToken) =>
        await connection.Policy(name).HeadAsync(cancellationToken) ?? throw Refusal.Usage($"There is no policy '{name}'; see 'steptool policy list'.");
}
