using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Worlds;

namespace StepTool.Client.Commands;

/// <summary><c>tools import</c>: stores a folder in StableToolBench's layout and prints the reference of its world.</summary>
internal sealed class ToolsImportCommand : ConsoleCommand
{
    private readonly WorldOptions _world;
    private readonly ConnectionOptions _connection;

    public ToolsImportCommand()
        : base(
            "import",
            "Store a folder of tools, tasks and recorded answers, and print the reference of its world",
            "steptool tools import --data ../stabletoolbench",
            "steptool tools import --data ../stabletoolbench --silo http://127.0.0.1:5080")
    {
        _world = new WorldOptions(this);
        _connection = new ConnectionOptions(this);
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var world = await _world.LoadAsync(parsed, connection, terminal, cancellationToken);
        if (terminal.WritesJson)
        {
            terminal.Write(new { world = world.Reference, id = world.World.Id, tasks = world.World.Tasks.Length, apis = world.World.Apis.Count(), excluded = world.World.Excluded });
        }
        else
        {
            terminal.Line($"World {world.World.Id}: {world.World.Tasks.Length} tasks, {world.World.Apis.Count()} APIs, {world.World.Excluded.Length} tasks left out as unsolvable");
            terminal.Line($"Use it as: --world {world.Reference}");
        }

        return 0;
    }
}
