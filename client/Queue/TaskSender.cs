using System.Collections.Immutable;
using System.Text.Json;
using StepTool.Client.Connections;
using StepTool.Core.Chance;
using StepTool.Core.Serialization;
using StepTool.Core.Tasks;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Queue;

/// <summary>Sends tasks to a standing run, and waits while it is full. A batch's id comes from its content, so that sending it again adds nothing, nor does a task that the run has already.</summary>
internal static class TaskSender
{
    private const int MostTasks = 1000;
    private const int MostBytes = 4 << 20; // of JSON, far below what a silo takes in one request

    /// <summary>Sends tasks.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="run">The standing run.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="salt">Empty, or a text that makes the same tasks others, which are queued anew.</param>
    /// <param name="cancellationToken">Stops between two batches, never in one, so that what was sent is known.</param>
    /// <returns>Tasks that were added, those that were there already, and those that were left when it was stopped.</returns>
    public static async Task<SentTasks> SendAsync(
        Connection connection, string run, ImmutableArray<AgentTask> tasks, string salt, CancellationToken cancellationToken)
    {
        var grain = connection.Run(run);
        var (added, known, first, firstNew) = (0, 0, (long?)null, long.MaxValue);
        try
        {
            foreach (var part in Batches(tasks))
            {
                var batch = new TaskBatch(StableHash.Content(salt + JsonSerializer.Serialize(part, CoreJson.Default.Of<ImmutableArray<AgentTask>>())), part, OnlyNew: salt.Length == 0);
                var before = Total(await grain.StatusAsync(cancellationToken));
                var taken = await connection.WhenThereIsRoomAsync(() => grain.AddTasksAsync(batch, CancellationToken.None), cancellationToken);
                var news = taken.FirstOrdinal >= before ? taken.Added : 0; // an earlier batch has the ordinals that it was given then
                first ??= taken.FirstOrdinal;
                (added, known, firstNew) = (added + news, known + part.Length - news, news > 0 ? Math.Min(firstNew, taken.FirstOrdinal) : firstNew);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // whoever sends them again finds what was taken
        }

        return new SentTasks(run, first ?? 0, added, known, tasks.Length - added - known) { FirstNew = firstNew };
    }

    /// <summary>Tasks in their order, in parts of at most 1,000 and 4 MB; a task of more bytes goes alone.</summary>
    internal static IEnumerable<ImmutableArray<AgentTask>> Batches(ImmutableArray<AgentTask> tasks)
    {
        var (first, bytes) = (0, 0L);
        for (var next = 0; next < tasks.Length; next++)
        {
            var more = JsonSerializer.SerializeToUtf8Bytes(tasks[next], CoreJson.Default.Of<AgentTask>()).Length;
            if (next > first && (next - first == MostTasks || bytes + more > MostBytes))
            {
                yield return tasks[first..next];
                (first, bytes) = (next, 0);
            }

            bytes += more;
        }

        if (first < tasks.Length)
        {
            yield return tasks[first..];
        }
    }

    private static long Total(Core.Runs.RunStatus status) => status.Stages.Sum(stage => stage.Total);
}

/// <summary>What became of sent tasks.</summary>
/// <param name="Run">The standing run.</param>
/// <param name="FirstOrdinal">Ordinal of the first task.</param>
/// <param name="Added">Tasks added.</param>
/// <param name="Known">Tasks that the run had already.</param>
/// <param name="Left">Tasks that were not sent, since it was stopped.</param>
internal sealed record SentTasks(string Run, long FirstOrdinal, int Added, int Known, int Left)
{
    /// <summary>Ordinal of the first task that was not there before; beyond all where there is none.</summary>
    public long FirstNew { get; init; } = long.MaxValue;
}
