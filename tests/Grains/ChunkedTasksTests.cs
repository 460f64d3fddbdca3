using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Runs;
using StepTool.Silo.Storage;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>A standing run whose tasks come in very many small batches.</summary>
[Trait("Kind", "Grains")]
public sealed class ChunkedTasksTests
{
    private const int Batches = 600;

    [Fact]
    public async Task AddTasks_OneByOne_StandTogetherLaterAndAreTheSameTasks()
    {
        var ground = new Ground { HasPump = false };
        await using (var house = await House.StartAsync(ground))
        {
            await house.Run().StartAsync(Plans.Serving());
            await AddAsync(ground, house, 0, Batches);
            Assert.InRange(ground.Store.Read<RunState>("run", "run")!.Chunks.Length, Batches / 4, Batches - 200);
            Assert.Equal(new TasksAdded(Batches - 1, 1), await house.Run().AddTasksAsync(Batch(ground, Batches - 1))); // what came last is known
        }

        await using var again = await House.StartAsync(ground);
        Assert.Equal(new TasksAdded(Batches, 0), await again.Run().AddTasksAsync(Batch(ground, 3) with { BatchId = "known", OnlyNew = true }));
        foreach (var ordinal in new[] { 0, 1, 100, 255, 256, 300, Batches - 1 })
        {
            Assert.Equal($"task {ordinal}", (await again.Run().RolloutAsync(ordinal))!.Task.Id);
        }
    }

    [Fact]
    public async Task AddTasks_AnOldBatchIsDamaged_OthersAreTakenAndFound()
    {
        var blobs = new BrokenBlobs(new MemoryBlobStore(), content => content.Span.IndexOf("\"task 40\""u8) >= 0 ? StorageException.OfDamage("Blob 40 is cut off.") : null);
        var ground = new Ground { HasPump = false, Blobs = blobs };
        await using var house = await House.StartAsync(ground);
        await house.Run().StartAsync(Plans.Serving());
        await AddAsync(ground, house, 0, Batches);

        Assert.InRange(ground.Store.Read<RunState>("run", "run")!.Chunks.Length, Batches / 4, Batches - 200);
        Assert.Equal("task 39", (await house.Run().RolloutAsync(39))!.Task.Id);
        Assert.Equal("task 41", (await house.Run().RolloutAsync(41))!.Task.Id);
        var damage = await Assert.ThrowsAnyAsync<Exception>(() => house.Run().RolloutAsync(40));
        Assert.True(StorageException.IsDamage(damage), damage.ToString());
    }

    private static async Task AddAsync(Ground ground, House house, int from, int to)
    {
        for (var batch = from; batch < to; batch++)
        {
            Assert.Equal(new TasksAdded(batch, 1), await house.Run().AddTasksAsync(Batch(ground, batch)));
        }
    }

    private static TaskBatch Batch(Ground ground, int number) => new($"batch {number}", [ground.World.Tasks[0] with { Id = $"task {number}" }]);
}
