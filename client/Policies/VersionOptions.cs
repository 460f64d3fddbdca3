using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Policies;

/// <summary>How a command is told one version of a policy: its NAME, and --version for another than the newest.</summary>
internal sealed class VersionOptions
{
    private readonly Argument<string> _name = new("NAME") { Description = "Name of the policy" };
    private readonly Option<int?> _version = Ranged.Optional("--version", "The version; without it the newest", 0, int.MaxValue);

    /// <summary>Adds both to a command.</summary>
    public VersionOptions(Command command)
    {
        command.Arguments.Add(_name);
        command.Options.Add(_version);
    }

    /// <summary>Finds the version that the arguments name.</summary>
    /// <exception cref="Refusal">There is no such policy, or it has no such version any more.</exception>
    public async Task<ChosenVersion> FindAsync(ParseResult parsed, Connection connection, CancellationToken cancellationToken)
    {
        var name = parsed.GetValue(_name)!;
        var head = await PolicyNames.HeadAsync(connection, name, cancellationToken);
        var version = parsed.GetValue(_version) ?? head.Latest.Version;
        if (await connection.Policy(name).ManifestAsync(version, cancellationToken) is not { } manifest)
        {
            throw Refusal.Usage($"--version is {version}; policy '{name}' has the versions 0 to {head.Latest.Version}. Choose one of them.");
        }

        return manifest.IsRemoved
            ? throw Refusal.Usage($"--version is {version}, which was removed, as fewer versions are kept; choose one that 'steptool policy show {name}' does not mark so.")
            : new ChosenVersion(name, head, version);
    }
}

/// <summary>A version that a policy has.</summary>
/// <param name="Policy">The policy's name.</param>
/// <param name="Head">Its newest and promoted versions when they were asked for.</param>
/// <param name="Version">The version.</param>
internal sealed record ChosenVersion(string Policy, PolicyHead Head, int Version);
