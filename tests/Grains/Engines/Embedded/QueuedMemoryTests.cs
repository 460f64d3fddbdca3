using StepTool.Bench;
using Xunit;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <summary>What a task costs that waits: <c>bench -- memory</c> measures 100,000 of them in a process of their own.</summary>
[Collection(Alone.Name)]
[Trait("Kind", "Simulation")]
public sealed class QueuedMemoryTests
{
    private const int Tasks = 20_000;
    private const double MostBytes = 3072; // of 400 MB, beside what the silo takes for itself

    [Fact]
    public async Task Queue_TwentyThousandTasks_TakeLittleMemoryEach() => Assert.InRange(await QueuedTasks.BytesAsync(Tasks), 1, MostBytes);
}
