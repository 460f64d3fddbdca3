using System.Collections.Immutable;
using System.Text.Json;
using StepTool.Client.Queue;
using StepTool.Core.Serialization;
using StepTool.Core.Tasks;
using Xunit;

namespace StepTool.Tests.Client;

[Trait("Kind", "Unit")]
public sealed class TaskSenderTests
{
    private const int MostBytes = 4 << 20;

    [Fact]
    public void Batches_ShortTasks_AreOfAThousand() =>
        Assert.Equal([1000, 1000, 500], TaskSender.Batches(Tasks(2500, "short")).Select(batch => batch.Length));

    [Fact]
    public void Batches_LongTasks_AreOfFourMegabytesAsTheyAreWritten()
    {
        var tasks = Tasks(100, new string('å', 20_000)); // a letter that takes six bytes of JSON

        var batches = TaskSender.Batches(tasks).ToList();

        Assert.Equal([34, 34, 32], batches.Select(batch => batch.Length));
        Assert.All(batches, batch => Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(batch, CoreJson.Default.Of<ImmutableArray<AgentTask>>()).Length, 1, MostBytes + batch.Length));
        Assert.Equal(tasks, batches.SelectMany(batch => batch));
    }

    [Fact]
    public void Batches_TaskOfMoreBytes_GoesAlone() =>
        Assert.Equal([1, 1, 1], TaskSender.Batches([.. Tasks(1, "short"), .. Tasks(1, new string('x', MostBytes)), .. Tasks(1, "short")]).Select(batch => batch.Length));

    [Fact]
    public void Batches_NoTask_AreNone() => Assert.Empty(TaskSender.Batches([]));

    private static ImmutableArray<AgentTask> Tasks(int count, string query) =>
        [.. Enumerable.Range(0, count).Select(index => new AgentTask { Id = $"task-{index}", Query = query, Offered = [], MaxTurns = 5 })];
}
