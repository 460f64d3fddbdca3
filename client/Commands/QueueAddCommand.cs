using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Queue;
using StepTool.Client.Reports;
using StepTool.Client.Runs;
using StepTool.Client.Worlds;
using StepTool.Core.Episodes;
using StepTool.Core.Tools;

namespace StepTool.Client.Commands;

/// <summary><c>queue add</c>: queues the tasks of a file; lines at fault are refused one by one.</summary>
internal sealed class QueueAddCommand : ConsoleCommand
{
    private readonly Argument<FileInfo> _file = new("FILE") { Description = "Tasks, one JSON object a line: {\"task\": \"ID\"} or {\"query\": \"...\", \"apis\": [\"category/tool/api\"]}" };
    private readonly Option<string?> _policy = new("--policy") { Description = "Who solves them: a policy, its folder, or floor:NAME; by default the newest one trained in this world", HelpName = "POLICY" };
    private readonly Option<bool> _again = new("--again") { Description = "Queue tasks anew that were queued before" };
    private readonly Option<bool> _watch = new("--watch") { Description = "Stay until all of them have ended" };
    private readonly Option<ToolMode> _tools = ToolModeOption.Create();
    private readonly WorldOptions _world;
    private readonly ConnectionOptions _connection;

    public QueueAddCommand()
        : base(
            "add",
            "Queue the tasks of a file",
            "steptool queue add tasks.jsonl --silo http://127.0.0.1:5080",
            "steptool queue add tasks.jsonl --watch",
            "steptool queue add tasks.jsonl --policy out/train-built-in-1/policy --again",
            "steptool queue add tasks.jsonl --world pets --tools live-then-simulated --watch")
    {
        Arguments.Add(_file);
        Options.Add(_policy);
        Options.Add(_again);
        Options.Add(_watch);
        Options.Add(_tools);
        _world = new WorldOptions(this);
        _connection = new ConnectionOptions(this);
        _file.Validators.Add(result =>
        {
            if (result.GetValue(_file) is { Exists: false } file)
            {
                result.AddError($"FILE is '{file}', which does not exist; it must be a file of tasks, one JSON object a line.");
            }
        });
    }

    public override async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var connection = await _connection.OpenAsync(parsed, terminal, cancellationToken);
        var world = await _world.LoadAsync(parsed, connection, terminal, cancellationToken);
        var file = parsed.GetValue(_file)!;
        var read = new TaskFileReader(world.World).Read(file.ToString(), File.ReadLines(file.FullName));
        foreach (var line in read.Refused)
        {
            terminal.Complain(line.ToString());
        }

        if (read.Tasks.IsEmpty)
        {
            throw Refusal.Failed($"{file} has no task that can be queued: {RunPicture.Count(read.Refused.Length, "line")} refused.");
        }

        var plan = await StandingRun.StartAsync(connection, world, parsed.GetValue(_policy), parsed.GetValue(_tools), CommandText.Of(parsed.Tokens.Select(token => token.Value)), cancellationToken);
        var salt = parsed.GetValue(_again) ? Guid.NewGuid().ToString("N") : "";
        var sent = await TaskSender.SendAsync(connection, plan.Run, read.Tasks, salt, cancellationToken);
        var same = _connection.Same(parsed);
        if (terminal.WritesJson)
        {
            terminal.Write(new { run = sent.Run, policy = plan.Serves!.ToString(), firstOrdinal = sent.FirstOrdinal, queued = sent.Added, known = sent.Known, left = sent.Left, refused = read.Refused });
        }
        else
        {
            terminal.Line($"{Tasks(sent.Added)} queued for {plan.Serves}{(sent.Known > 0 ? $", {Tasks(sent.Known)} queued before (--again queues anew)" : "")}, {RunPicture.Count(read.Refused.Length, "line")} refused.");
            terminal.Line(connection.Silo is not null || parsed.GetValue(_watch)
                ? $"Watch with: steptool queue watch{same}"
                : $"They are stored; they run while a command hosts them: steptool queue watch{same}");
        }

        if (sent.Left > 0)
        {
            terminal.Complain(
                $"Stopped: the last {Tasks(sent.Left)} of {RunPicture.Count(read.Tasks.Length)} were not queued. "
                + (salt.Length == 0 ? "The same command queues them, and none twice." : "With --again the same command queues all of them anew; put those that are left into a file of their own."));
            return 1;
        }

        if (parsed.GetValue(_watch))
        {
            if (!await new QueueWatch(connection, terminal, TimeProvider.System, same).WatchAsync(untilDone: true, cancellationToken))
            {
                return 1;
            }

            var faulted = (await StageOutcomes.ReadAsync(connection, sent.Run, cancellationToken)).Count(outcome => outcome.Ordinal >= sent.FirstNew && outcome.Status is EpisodeStatus.Faulted);
            if (faulted > 0)
            {
                terminal.Complain($"{Tasks(faulted)} ended by a fault; see: steptool episodes list {sent.Run} --faulted{same}");
                return 1;
            }
        }

        return read.Refused.IsEmpty ? 0 : 1;
    }

    private static string Tasks(int count) => RunPicture.Count(count, "task");
}
