using System.Collections.Immutable;
using System.Text.Json;
using StepTool.Client.Connections;
using StepTool.Core.Chance;
using StepTool.Core.Serialization;
using StepTool.Core.Tasks;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Queue;

/// <summary>Sends tasks to a standing run. A batch's id comes from its content, so that sending it again adds nothing.</summary>
internal static class TaskSender
{
    private const int BatchSize = 1000;

    /// <summary>Sends tasks.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="run">The standing run.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="salt">Empty, or a text that makes the same tasks another batch.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>Tasks that were added, and those that were there already.</returns>
    public static async Task<SentTasks> SendAsync(
        Connection connection, string run, ImmutableArray<AgentTask> tasks, string salt, CancellationToken cancellationToken)
    {
        var grain = connection.Run(run);
        var (added, known, first) = (0, 0, (long?)null);
        foreach (var part in tasks.Chunk(BatchSize).Select(chunk => chunk.ToImmutableArray()))
        {
            var before = Total(await grain.StatusAsync(cancellationToken));
            var batch = new TaskBatch(StableHash.Content(salt + JsonSerializer.Serialize(part, CoreJson.Default.ImmutableArrayAgentTask)), part);
            var taken = await grain.AddTasksAsync(batch, cancellationToken);
            first ??= taken.FirstOrdinal;
            (added, known) = taken.FirstOrdinal >= before ? (added + taken.Added, known) : (added, known + taken.Added);
        }

        return new SentTasks(run, first ?? 0, added, known);
    }

    private static long Total(Core.Runs.RunStatus status) => status.Stages.Sum(stage => stage.Total);
}

/// <summary>What became of sent tasks.</summary>
/// <param name="Run">The standing run.</param>
/// <param name="FirstOrdinal">Ordinal of the first task.</param>
/// <param name="Added">Tasks added.</param>
/// <param name="Known">Tasks that the run had already.</param>
internal sealed record SentTasks(string Run, long FirstOrdinal, int Added, int Known);
