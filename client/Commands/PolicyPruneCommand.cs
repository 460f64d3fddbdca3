using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Policies;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Commands;

/// <summary><c>policy prune</c>: removes the weights of old versions.</summary>
internal sealed class PolicyPruneCommand : ConsoleCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "Name of the policy" };
    private readonly Option<int> _keep = Ranged.Option("--keep", "Newest versions that stay; promoted and pinned ones stay besides", 1, 1_000_000, 10);
    private readonly ConnectionOptions _connection;

    public PolicyPruneCommand()
        : base("prune", "Remove the weights of old versions; what is known of them stays", "steptool policy prune train-built-in-1 --keep 5")
    {
        Arguments.Add(_name);
        Options.Add(_keep);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var name = parsed.GetValue(_name)!;
        await PolicyNames.HeadAsync(connection, name, cancellationToken);
        if ((await connection.Grains.GetGrain<ITrainerGrain>(name).StatusAsync(cancellationToken)).IsTraining)
        {
            throw Refusal.Failed($"Policy '{name}' is being trained, and episodes may be under way with any of its newer versions. Wait for the end, or train with --keep.");
        }

        var removed = await connection.Policy(name).RetainAsync(parsed.GetValue(_keep), cancellationToken);
        var versions = await connection.Policy(name).VersionsAsync(cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(new { policy = name, removed, kept = versions.Where(version => !version.IsRemoved).Select(version => version.Version) });
        }
        else
        {
            var earlier = Ranges(versions.Where(version => version.IsRemoved && !removed.Contains(version.Version)));
            terminal.Line(
                $"{(removed.IsEmpty ? "Nothing to remove" : $"Removed versions {Ranges(versions.Where(version => removed.Contains(version.Version)))}")}: {name} keeps {Ranges(versions.Where(version => !version.IsRemoved))}"
                + $"{(earlier.Length > 0 ? $"; {earlier} removed before" : "")}.");
        }

        return 0;
    }

    private static string Ranges(IEnumerable<PolicyManifest> versions) =>
        PolicyNames.Ranges(versions.Aggregate(OrdinalSet.Empty, (set, version) => set.Add(version.Version)));
}
