using System.CommandLine;
using System.Globalization;
using StepTool.Client.Catalogues;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Worlds;
using StepTool.Core.Worlds.Catalogues.Imports;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Commands;

/// <summary><c>tools import</c>: stores APIs as a catalogue, or a folder with tasks as a world, and prints the reference.</summary>
internal sealed class ToolsImportCommand : ConsoleCommand
{
    private const int ExamplesShown = 5;

    private readonly Argument<string[]> _sources = new("SOURCE") { Description = $"Where the APIs are: {ApiSources.Forms}", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _name = new("--name") { Description = "Name for the catalogue, for --world; a name given before moves to this one", HelpName = "NAME" };
    private readonly Option<Uri?> _server = new("--server") { Description = "URL of the API, instead of what its OpenAPI document says", HelpName = "URL", CustomParser = ParseServer };
    private readonly Option<FileInfo?> _skipped = new("--skipped") { Description = "File for all that was left out, a line an entry", HelpName = "FILE" };
    private readonly WorldOptions _world;
    private readonly ConnectionOptions _connection;

    public ToolsImportCommand()
        : base(
            "import",
            "Store APIs as a catalogue, or a folder of tools, tasks and recorded answers as a world",
            "steptool tools import petstore.yaml --name pets",
            "steptool tools import ../stabletoolbench openapi/ --name everything --skipped skipped.txt",
            "steptool tools import --data ../stabletoolbench --silo http://127.0.0.1:5080")
    {
        Arguments.Add(_sources);
        Options.Add(_name);
        Options.Add(_server);
        Options.Add(_skipped);
        _world = new WorldOptions(this);
        _connection = new ConnectionOptions(this);
        Validators.Add(result =>
        {
            if (result.GetValue(_name) is { } name && !CatalogueName.IsName(name))
            {
                result.AddError($"--name is '{name}'; it must be 1 to 64 lower-case letters, digits, '-' and '_', a letter first, such as --name pets.");
            }

            if (result.GetValue(_sources) is { Length: > 0 } == _world.IsGiven(result))
            {
                result.AddError("Give what to import: either SOURCE, for a catalogue of APIs, or --data DIR, for a world with the folder's tasks.");
            }
        });
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.MakeIdleAsync(parsed, terminal, cancellationToken);
        return parsed.GetValue(_sources) is { Length: > 0 } sources
            ? await ImportApisAsync(sources, parsed, connection, terminal, cancellationToken)
            : await ImportWorldAsync(parsed, connection, terminal, cancellationToken);
    }

    private async Task<int> ImportApisAsync(string[] sources, ParseResult parsed, Connection connection, Terminal terminal, CancellationToken cancellationToken)
    {
        var server = parsed.GetValue(_server);
        var workFile = CatalogueImporter.WorkFile(_connection.WorkDirectory(parsed), sources, server);
        var (reference, report) = await CatalogueImporter.RunAsync(
            connection, [.. sources.Select(source => ApiSources.Of(source, server, connection.Grains))], workFile, parsed.GetValue(_skipped)?.FullName, terminal, cancellationToken);
        var name = parsed.GetValue(_name);
        if (name is not null)
        {
            await connection.Catalogues.NameAsync(new CatalogueName(name, reference, report.Apis), cancellationToken);
        }

        await NoteAsync(connection, reference, cancellationToken);

        if (terminal.WritesJson)
        {
            terminal.Write(new { world = reference, name, report });
            return 0;
        }

        Show(report, parsed.GetValue(_skipped) is null, terminal);
        terminal.Line($"Use it as: --world {name ?? reference}");
        if (report.Answers > 0)
        {
            terminal.Line(VirtualWords(connection));
        }

        return 0;
    }

    private static void Show(CatalogueReport report, bool canBeAsked, Terminal terminal)
    {
        terminal.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Apis:N0} APIs with {report.Answers:N0} recorded answers from {report.Parts:N0} files{(report.Resumed > 0 ? $", {report.Resumed:N0} of them read before" : "")}; {report.Skipped:N0} entries left out"));
        foreach (var (kind, count) in report.SkippedByKind.OrderByDescending(pair => pair.Value))
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  {count,8:N0}  {kind}"));
        }

        foreach (var example in report.Examples.Take(ExamplesShown))
        {
            terminal.Complain($"left out: {example}");
        }

        if (report.Skipped > ExamplesShown && canBeAsked)
        {
            terminal.Complain("All of them: --skipped FILE.");
        }
    }

    private async Task<int> ImportWorldAsync(ParseResult parsed, Connection connection, Terminal terminal, CancellationToken cancellationToken)
    {
        var world = await _world.LoadAsync(parsed, connection, terminal, cancellationToken);
        await NoteAsync(connection, world.Reference, cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(new { world = world.Reference, id = world.World.Id, tasks = world.World.Tasks.Length, apis = world.World.Apis.Count(), excluded = world.World.Excluded });
        }
        else
        {
            terminal.Line($"World {world.World.Id}: {world.World.Tasks.Length} tasks, {world.World.Apis.Count()} APIs, {world.World.Excluded.Length} tasks left out as unsolvable");
            terminal.Line($"Use it as: --world {world.Reference}");
            terminal.Line(VirtualWords(connection));
        }

        return 0;
    }

    private static string VirtualWords(Connection connection) => $"StableToolBench's clients are answered from it at {connection.Silo?.ToString() ?? "http://SILO/"}virtual";

    // What was imported last is what /virtual answers from.
    private static Task NoteAsync(Connection connection, string reference, CancellationToken cancellationToken) =>
        connection.Grains.GetGrain<IWorldIndexGrain>(IWorldIndexGrain.Key).NoteAsync(reference, cancellationToken);

    private static Uri? ParseServer(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        result.AddError($"--server is '{text}'; it must be an http or https URL, such as --server https://api.example.com/v1.");
        return null;
    }
}
