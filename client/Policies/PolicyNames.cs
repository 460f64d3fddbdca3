using System.Globalization;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Policies;

/// <summary>Finds policies by name.</summary>
internal static class PolicyNames
{
    /// <summary>Numbers as ranges, such as <c>0-4,7</c>.</summary>
    public static string Ranges(OrdinalSet numbers) => string.Join(",", numbers.Bounds.Chunk(2).Select(
        range => range[1] == range[0] + 1 ? string.Create(CultureInfo.InvariantCulture, $"{range[0]}") : string.Create(CultureInfo.InvariantCulture, $"{range[0]}-{range[1] - 1}")));

    /// <summary>A policy's newest and promoted versions.</summary>
    /// <exception cref="Refusal">There is no such policy.</exception>
    public static async Task<PolicyHead> HeadAsync(Connection connection, string name, CancellationToken cancellationToken) =>
        await connection.Policy(name).HeadAsync(cancellationToken) ?? throw Refusal.Usage($"There is no policy '{name}'; see 'steptool policy list{(connection.Silo is { } silo ? $" --silo {silo}" : "")}'.");
}
