using System.CommandLine;
using System.Globalization;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Core.Worlds.Recorded;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Worlds;

/// <summary>Which world a command works in.</summary>
internal sealed class WorldOptions
{
    private const int MostDistractors = 200;
    private const int SkippedShown = 5;

    private readonly Option<string> _world = new("--world")
    {
        Description = "A world by name: built-in, a catalogue's name, or a reference that 'steptool tools import' printed",
        HelpName = "NAME",
        DefaultValueFactory = _ => "built-in",
    };

    private readonly Option<DirectoryInfo?> _data = new("--data") { Description = "A folder in StableToolBench's layout, instead of --world", HelpName = "DIR" };
    private readonly Option<ulong> _seed = Ranged.Option("--world-seed", "Seed of tasks, offered APIs, faults and split", 0ul, ulong.MaxValue, 1ul);
    private readonly Option<int> _distractors = Ranged.Option("--distractors", "APIs offered beside the task's own, with --data", 0, MostDistractors, 10);

    /// <summary>Adds the options to a command.</summary>
    public WorldOptions(Command command)
    {
        command.Options.Add(_world);
        command.Options.Add(_data);
        command.Options.Add(_seed);
        command.Options.Add(_distractors);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_data) is { } folder)
            {
                if (!folder.Exists)
                {
                    result.AddError($"--data is '{folder}', which is no folder; it must be one in StableToolBench's layout, with solvable_queries and tools in it.");
                }

                if (result.GetResult(_world) is { Implicit: false })
                {
                    result.AddError("--world is given beside --data; a command works in one world. Leave one of them out.");
                }
            }
            else if (result.GetValue(_world) is { } name && !name.Contains(':', StringComparison.Ordinal) && name != WorldChoice.BuiltIn && !CatalogueName.IsName(name))
            {
                result.AddError($"--world is '{name}'; it must be built-in, a catalogue's name, or a reference such as recorded:1:10:HASH. Give a folder of your own with --data DIR.");
            }
        });
    }

    /// <summary>Loads the world; a folder is imported first.</summary>
    /// <exception cref="Refusal">The folder is not in the layout.</exception>
    public async Task<WorldChoice> LoadAsync(ParseResult parsed, Connection connection, Terminal terminal, CancellationToken cancellationToken)
    {
        var seed = parsed.GetValue(_seed).ToString(CultureInfo.InvariantCulture);
        var distractors = parsed.GetValue(_distractors).ToString(CultureInfo.InvariantCulture);
        var reference = parsed.GetValue(_data) is { } folder
            ? $"recorded:{seed}:{distractors}:{await ImportAsync(folder, connection, terminal, cancellationToken)}"
            : parsed.GetValue(_world) is not { } name || name == WorldChoice.BuiltIn ? $"built-in:{seed}"
            : name.Contains(':', StringComparison.Ordinal) ? name
            : await NamedAsync(name, connection, cancellationToken);
        return new WorldChoice(reference, await connection.Worlds.GetAsync(reference, cancellationToken));
    }

    /// <summary>Whether the command line names a folder or a world.</summary>
    public bool IsGiven(System.CommandLine.Parsing.CommandResult result) => result.GetValue(_data) is not null || result.GetResult(_world) is { Implicit: false };

    private static async Task<string> NamedAsync(string name, Connection connection, CancellationToken cancellationToken)
    {
        var names = await connection.Catalogues.NamesAsync(cancellationToken);
        return names.FirstOrDefault(one => one.Name == name)?.World
            ?? throw Refusal.Usage($"--world is '{name}', and no catalogue has that name{(names.IsEmpty ? "" : $"; there are {string.Join(", ", names.Select(one => one.Name))}")}. Name one with 'steptool tools import SOURCE --name {name}'.");
    }

    private static async Task<string> ImportAsync(DirectoryInfo folder, Connection connection, Terminal terminal, CancellationToken cancellationToken)
    {
        try
        {
            var archive = RecordedArchive.Pack(folder.FullName);
            terminal.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"Read {archive.Report.Tasks:N0} tasks, {archive.Report.Apis:N0} APIs and {archive.Report.Answers:N0} recorded answers from {folder}; left out {archive.Report.Skipped.Length:N0} entries."));
            foreach (var skipped in archive.Report.Skipped.Take(SkippedShown))
            {
                terminal.Complain($"left out: {skipped}");
            }

            return await connection.Blobs.PutAsync(archive.Content, cancellationToken);
        }
        catch (RecordedWorldException exception)
        {
            throw Refusal.Failed(exception.Message, exception);
        }
    }
}
