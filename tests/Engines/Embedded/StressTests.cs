using Microsoft.Extensions.DependencyInjection;
using StepTool.Tests.Conformance;
using Xunit;

namespace StepTool.Tests.Engines;

[Trait("Kind", "Simulation")]
public sealed class StressTests
{
    [Fact]
    public async Task Turns_UnderManyCallersTimersAndDeactivations_StayExclusiveAndEachGrainSingle()
    {
        const int Callers = 48;
        const int Calls = 200;
        const int Grains = 6;
        var witness = new Witness();
        await using var fixture = await GrainFixture.StartAsync(services => services.AddSingleton(witness));

        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var wrong = 0;
            for (var seed = caller; seed < caller + Calls; seed++)
            {
                var grain = fixture.Client.GetGrain<IStressGrain>($"stress-{seed % Grains}");
                var answer = await ((seed % 5) switch
                {
                    0 => grain.PeekAsync(seed),
                    1 or 2 => grain.ReadAsync(seed),
                    _ => grain.WorkAsync(seed),
                });
                wrong += answer == seed ? 0 : 1;
            }

            return wrong;
        })));

        await fixture.StopAsync();
        Assert.Equal((0, 0), (answers.Sum(), witness.Violations));
    }

    [Fact]
    public async Task Callers_ThatSaturateThePool_AreServedAlike()
    {
        const int Callers = 64;
        const int Most = 20_000;
        await using var fixture = await GrainFixture.StartAsync();
        var calls = new int[Callers];
        var isOver = false;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var grain = fixture.Client.GetGrain<ITurnGrain>($"alike-{caller}");
            await grain.SumAsync();
            await ready.Task;
            while (!Volatile.Read(ref isOver))
            {
                await grain.SumAsync();
                if (++calls[caller] == Most)
                {
                    Volatile.Write(ref isOver, true);
                }
            }
        })).ToArray();

        ready.SetResult();
        await Task.WhenAll(callers);

        Assert.True(calls.Min() > Most / 4, $"The first caller to make {Most} calls left one at {calls.Min()}.");
    }
}
