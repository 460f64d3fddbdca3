using StepTool.Core.Chance;
using StepTool.Learning.Backends.Managed;
using Xunit;

namespace StepTool.Tests.Learning.Backends;

[Trait("Kind", "Unit")]
public sealed class ForkJoinTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_AnyThreads_CallsEachIndexOnceOnAKnownWorker(int threads)
    {
        using var forkJoin = new ForkJoin(threads);
        for (var round = 0; round < 50; round++)
        {
            var calls = new int[37];
            forkJoin.Run(calls.Length, (index, worker) =>
            {
                Assert.InRange(worker, 0, threads - 1);
                Interlocked.Increment(ref calls[index]);
            });
            Assert.All(calls, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_ShortRunsAndPauses_LosesNoIndexAndWaitsForAll(int threads)
    {
        // Pauses around the time after which helpers fall asleep, so that runs meet them awake, asleep and in between.
        using var forkJoin = new ForkJoin(threads);
        var calls = 0;
        Action<int, int> body = (_, _) => Interlocked.Increment(ref calls);
        var random = new SeededRandom(7);
        for (var round = 1; round <= 5_000; round++)
        {
            forkJoin.Run(6, body);
            Assert.Equal(6 * round, Volatile.Read(ref calls));
            Thread.SpinWait(random.NextInt(10) == 0 ? random.NextInt(4_000) : random.NextInt(50));
        }
    }

    [Fact]
    public void Run_InsideARun_StaysOnItsWorker()
    {
        using var forkJoin = new ForkJoin(3);
        var outer = new int[8];
        var inner = new int[8];
        forkJoin.Run(8, (index, worker) =>
        {
            outer[index] = worker;
            forkJoin.Run(4, (_, nested) => inner[index] += nested == worker ? 1 : 0);
        });

        Assert.All(inner, count => Assert.Equal(4, count));
    }

    [Fact]
    public void Run_BodyThrows_ThrowsItOnceAndWorksAgain()
    {
        using var forkJoin = new ForkJoin(2);

        var exception = Assert.Throws<FormatException>(() => forkJoin.Run(100, (index, _) => throw new FormatException("first")));
        var calls = 0;
        forkJoin.Run(10, (_, _) => Interlocked.Increment(ref calls));

        Assert.Equal("first", exception.Message);
        Assert.Equal(10, calls);
    }

    [Fact]
    public void Run_SteadyState_AllocatesNothing()
    {
        using var forkJoin = new ForkJoin(1);
        var sum = 0;
        Action<int, int> body = (index, _) => sum += index;
        forkJoin.Run(4, body);
        var before = GC.GetAllocatedBytesForCurrentThread();
        forkJoin.Run(4, body);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Dispose_Twice_IsHarmlessAndRunIsRefusedAfter()
    {
        var forkJoin = new ForkJoin(2);
        forkJoin.Dispose();
        forkJoin.Dispose();

        Assert.Throws<ObjectDisposedException>(() => forkJoin.Run(1, (_, _) => { }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void ManagedBackend_ThreadsOutOfRange_NamesValueAndRule(int threads)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => new ManagedBackend(threads));

        Assert.Contains("from 1 to 256", exception.Message, StringComparison.Ordinal);
    }
}
