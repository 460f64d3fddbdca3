using StepTool.Core.Runs;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>A whole run while the clock is set.</summary>
[Trait("Kind", "Simulation")]
public sealed class SetClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Run_ClockIsSetToAndFro_EndsEachRolloutOnceAndOrdersNothingTwice()
    {
        var time = new SettableTime();
        var ground = new Ground(new TinyWorld(train: 24, test: 24)) { Time = time, Options = options => options.MaxEpisodes = 4 };
        ground.Tools.Mutate = true;
        var calls = 0;
        ground.Tools.Reply = (_, _) =>
        {
            if (Interlocked.Increment(ref calls) is var call && call % 10 == 0)
            {
                time.Jump(call % 20 == 0 ? Hour : -Hour);
            }

            return null;
        };
        await using var house = await House.StartAsync(ground);

        var status = await house.CompleteAsync(Plans.Live(Plans.Evaluate("floor:random"), Plans.Train(iterations: 2)));

        Assert.Equal(RunPhase.Completed, status.Phase);
        Assert.All(status.Stages, stage => Assert.Equal(0, stage.Faults));
        Assert.Distinct((await house.OutcomesAsync()).Select(outcome => outcome.Ordinal));
        Assert.All(ground.Tools.Changed, changed => Assert.Equal(1, changed.Value));
        Assert.InRange(calls, 40, int.MaxValue);
    }
}
