using System.CommandLine;
using Spectre.Console;
using StepTool.Client.Catalogues;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Runs;
using StepTool.Client.Worlds;
using StepTool.Core.Text;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;

namespace StepTool.Client.Commands;

/// <summary><c>tools list</c>: a world's APIs, those that match words first.</summary>
internal sealed class ToolsListCommand : ConsoleCommand
{
    private readonly Option<string?> _search = new("--search") { Description = "Words to look for in names and documentation", HelpName = "WORDS" };
    private readonly Option<int> _limit = Ranged.Option("--limit", "APIs shown", 1, 100_000, 30);
    private readonly WorldOptions _world;
    private readonly ConnectionOptions _connection;

    public ToolsListCommand()
        : base("list", "List a world's APIs", "steptool tools list --search \"weather forecast\"", "steptool tools list --world pets", "steptool tools list --data ../stabletoolbench --limit 100")
    {
        Options.Add(_search);
        Options.Add(_limit);
        _world = new WorldOptions(this);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var world = (await _world.LoadAsync(parsed, connection, terminal, cancellationToken)).World;
        var all = Documentation(world);
        var found = parsed.GetValue(_search) is { Length: > 0 } words ? Best(all, words) : all;
        var shown = found.Take(parsed.GetValue(_limit)).ToList();
        if (terminal.WritesJson)
        {
            terminal.Write(shown.Select(api => new
            {
                api = api.Key.ToString(),
                api.Method,
                api.Mutates,
                call = ApiWords.Call(world, api),
                api.Description,
                parameters = api.Parameters.Select(parameter => parameter.Name),
            }));
            return 0;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("API", "call", "parameters", "what it does");
        foreach (var api in shown)
        {
            table.AddRow(new[]
            {
                api.Key.ToString(), ApiWords.Call(world, api), string.Join(", ", api.Parameters.Select(parameter => parameter.Required ? parameter.Name : $"[{parameter.Name}]")), ApiWords.Brief(api.Description),
            }.Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
        terminal.Line($"{RunPicture.Count(shown.Count)} of {RunPicture.Count(all.Count)} APIs of {world.Id}");
        return 0;
    }

    private static List<ApiDocumentation> Documentation(IWorld world) =>
        [.. world.Apis.Select(key => world.TryDescribe(key, out var documentation) ? documentation : null).OfType<ApiDocumentation>()];

    private static IEnumerable<ApiDocumentation> Best(List<ApiDocumentation> all, string words)
    {
        var index = new Bm25([.. all.Select(api => Tokeniser.Terms($"{api.ToolName} {api.ApiName} {api.Description} {api.ToolDescription}"))]);
        var scores = index.Scores(Tokeniser.Terms(words));
        return all.Select((api, at) => (Api: api, Score: scores[at])).Where(pair => pair.Score > 0).OrderByDescending(pair => pair.Score).Select(pair => pair.Api);
    }
}
