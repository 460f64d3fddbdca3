using System.CommandLine;
using Spectre.Console;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Worlds;

namespace StepTool.Client.Commands;

/// <summary><c>tools show</c>: an API's documentation, as an agent reads it.</summary>
internal sealed class ToolsShowCommand : ConsoleCommand
{
    private readonly Argument<string> _api = new("API") { Description = "Key of the API: category/tool/api" };
    private readonly WorldOptions _world;
    private readonly ConnectionOptions _connection;

    public ToolsShowCommand()
        : base("show", "Show an API's documentation", "steptool tools show weather/open_forecast/daily")
    {
        Arguments.Add(_api);
        _world = new WorldOptions(this);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var world = await _world.LoadAsync(parsed, connection, terminal, cancellationToken);
        var api = world.Describe(parsed.GetValue(_api)!);
        if (terminal.WritesJson)
        {
            terminal.Write(api);
            return 0;
        }

        terminal.Line($"{api.Key}  {api.Method}{(api.Mutates ? ", changes the world outside" : "")}");
        terminal.Line($"{api.ToolName}: {api.ToolDescription}");
        terminal.Line($"{api.ApiName}: {api.Description}");
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
