using System.CommandLine;
using Spectre.Console;
using StepTool.Client.Catalogues;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tools;

namespace StepTool.Client.Commands;

/// <summary><c>tools show</c>: an API's documentation, as an agent reads it, how it is called, and what it has done.</summary>
internal sealed class ToolsShowCommand : ConsoleCommand
{
    private readonly Argument<string> _api = new("API") { Description = "Key of the API: category/tool/api" };
    private readonly Option<bool> _schema = new("--schema") { Description = "Show the JSON Schema of its arguments too" };
    private readonly WorldOptions _world;
    private readonly ConnectionOptions _connection;

    public ToolsShowCommand()
        : base("show", "Show an API", "steptool tools show weather/open_forecast/daily", "steptool tools show openapi/pets/getpet --world pets --schema")
    {
        Arguments.Add(_api);
        Options.Add(_schema);
        _world = new WorldOptions(this);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenIdleAsync(parsed, terminal, cancellationToken);
        var world = await _world.LoadAsync(parsed, connection, terminal, cancellationToken);
        var api = world.Describe(parsed.GetValue(_api)!);
        var definition = world.World.TryDefine(api.Key, out var found) ? found : null;
        var statistics = await connection.Grains.GetGrain<IToolApiGrain>(ToolApiKey.Of(world.Reference, api.Key)).StatisticsAsync(cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(new
            {
                api.Key,
                api.ToolName,
                api.ApiName,
                api.ToolDescription,
                api.Description,
                api.Method,
                api.IsSafe,
                api.Mutates,
                api.Parameters,
                definition?.Binding,
                definition?.InputSchema,
                definition?.ResponseSchema,
                definition?.Template,
                answers = definition?.Answers.Length,
                statistics,
            });
            return 0;
        }

        terminal.Line($"{api.Key}  {api.Method}, {ApiWords.Safety(api)}");
        terminal.Line(ApiWords.Named(api.ToolName, api.ToolDescription));
        terminal.Line(ApiWords.Named(api.ApiName, api.Description));
        foreach (var line in definition is null ? [] : ApiWords.Lines(definition))
        {
            terminal.Line(line);
        }

        terminal.Line($"Since its silo started: {statistics.Calls} calls, {statistics.Coalesced} shared, {statistics.Errors} errors, {statistics.Faults} faults");
        if (parsed.GetValue(_schema) && definition?.InputSchema is { } schema)
        {
            terminal.Line(ApiWords.Indented(schema));
        }

        if (api.Parameters.IsEmpty)
        {
            terminal.Line("It takes no parameters.");
            return 0;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("parameter", "type", "required", "default", "choices", "description");
        foreach (var parameter in api.Parameters)
        {
            table.AddRow(new[]
            {
                parameter.Name, parameter.Type.ToString().ToLowerInvariant(), parameter.Required ? "yes" : "no", parameter.Default ?? "",
                parameter.Choices.IsDefaultOrEmpty ? "" : string.Join(", ", parameter.Choices), parameter.Description,
            }.Select(cell => new Text(cell)));
        }

        terminal.Out.Write(table);
        return 0;
    }
}
