using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Grains.Runs;
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

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Run_ClockIsSetForGood_WhatWaitsAndWhatIsTriedAgainGoesOn(int hours)
    {
        var time = new SettableTime();
        var (isDown, failures, deferred) = (true, 0, 0);
        var ground = new Ground
        {
            Time = time,
            Store = new TestStore { Fails = (state, key, _) => state == "task" && key == "run/1" && Interlocked.Increment(ref failures) <= 3 },
        };
        ground.Tools.Reply = (request, _) =>
        {
            switch (request.CallId)
            {
                case "run/0#1" when Interlocked.Increment(ref deferred) == 1:
                    time.Jump(hours * Hour); // after the API, on its silo, has said how long to wait
                    return Task.FromResult<ToolReply>(new ToolDeferred(TimeSpan.FromMilliseconds(20)));
                case "run/2#1" when isDown:
                    return Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")));
                default:
                    return null;
            }
        };
        await using var house = await House.StartAsync(ground);

        var before = await house.CompleteAsync(Plans.Of(Plans.Evaluate() with { MaxTasks = 3 }));
        isDown = false;
        await house.Run().ResumeAsync(2);
        await ground.Store.WhenAsync<RunState>("run", "run", state => state.Resumed.IsEmpty);
        var after = await house.Run().StatusAsync();

        Assert.Equal((1L, 0L, 3L), (before.Stages[0].Faults, after.Stages[0].Faults, after.Stages[0].Done));
        Assert.Equal(2, ground.Tools.Sent["run/0#1"]);
        Assert.True(failures > 3, $"{failures} writes of the task whose writes were to fail.");
    }
}
