using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Policies;
using StepTool.Client.Worlds;
using StepTool.Core.Chance;
using StepTool.Core.Runs;
using StepTool.Core.Tools;

namespace StepTool.Client.Queue;

/// <summary>The run that takes tasks as they come: one a world, policy and mode of its tools.</summary>
internal static class StandingRun
{
    /// <summary>Prefix of the ids of standing runs.</summary>
    public const string Prefix = "queue-";

    private const string Fallback = "floor:tool-bm25@5";
    private const int HashDigits = 6;

    /// <summary>Finds or starts the run for a world.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="world">The world of the tasks.</param>
    /// <param name="policy">The policy that was asked for; null for the newest one trained in this world, else the best floor that needs no training.</param>
    /// <param name="tools">Where the answers of its calls may come from.</param>
    /// <param name="command">The command line.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Refusal">There is no such policy.</exception>
    public static async Task<RunPlan> StartAsync(Connection connection, WorldChoice world, string? policy, ToolMode tools, string command, CancellationToken cancellationToken)
    {
        var serves = policy is null
            ? PolicyReference.Parse(await NewestAsync(connection, world.Reference, cancellationToken) ?? Fallback)
            : (await PolicyFolder.ResolveAsync(connection, policy, cancellationToken)).Reference;
        var plan = new RunPlan
        {
            Run = Prefix + StableHash.Content($"{world.Reference}|{serves}{(tools == ToolMode.Recorded ? "" : $"|{tools}")}")[..HashDigits],
            World = world.Reference,
            Serves = serves,
            Tools = tools,
            Command = command,
        };
        plan = plan with { Run = await FreeAsync(connection, plan.Run, cancellationToken) };
        await connection.WhenThereIsRoomAsync(() => connection.Run(plan.Run).StartAsync(plan, cancellationToken), cancellationToken);
        return plan;
    }

    // A run that was cancelled takes no more tasks, and keeps its id with all that it has done.
    private static async Task<string> FreeAsync(Connection connection, string id, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            var run = number == 1 ? id : $"{id}-{number}";
            if ((await connection.Run(run).StatusAsync(cancellationToken)).Phase is RunPhase.Unknown or RunPhase.Running)
            {
                return run;
            }
        }
    }

    private static async Task<string?> NewestAsync(Connection connection, string world, CancellationToken cancellationToken) =>
        (await connection.Index.RunsAsync(cancellationToken)).LastOrDefault(entry => entry.World == world && !entry.Policies.IsEmpty) is { Policies: [.., var newest] }
        && await connection.Policy(newest).HeadAsync(cancellationToken) is not null
            ? newest + "@promoted"
            : null;
}
