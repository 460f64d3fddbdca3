using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Transitions;
using StepTool.Tests.Episodes;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>However an episode ends, its run and its policy's log hear the same of it.</summary>
[Trait("Kind", "Simulation")]
public sealed class EndingTests
{
    /// <summary>The silo dies when the log knows of a fault and the run does not; then nothing fails any more.</summary>
    [Theory]
    [InlineData(FaultBoundary.Tool)]
    [InlineData(FaultBoundary.Policy)]
    [InlineData(FaultBoundary.Judge)]
    public async Task Fault_CrashBetweenLogAndRun_IsTheEndForBoth(FaultBoundary boundary)
    {
        string? broken = null;
        var isDown = true;
        bool IsDown(FaultBoundary at, string what) => at == boundary && isDown && (Interlocked.CompareExchange(ref broken, what, null) ?? what) == what;
        void Break(FaultBoundary at, string what)
        {
            if (IsDown(at, what))
            {
                throw new PolicyException("It is away.");
            }
        }

        var ground = new Ground(new TinyWorld
        {
            Judging = episode => Break(FaultBoundary.Judge, episode.Task.Id),
        })
        {
            Deciding = (_, situation) => Break(FaultBoundary.Policy, situation.Task.Id),
        };
        ground.Tools.Reply = (request, _) => IsDown(FaultBoundary.Tool, request.CallId)
            ? Task.FromResult<ToolReply>(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "down")))
            : null;
        await using var first = await House.StartAsync(ground);
        var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ground.Store.Stored = (_, _, written) =>
        {
            if (written is TransitionLogState log && log.Entries.Values.Any(entry => entry.Trajectory is null) && crashed.TrySetResult())
            {
                first.Crash();
            }
        };
        await first.Run().StartAsync(Plans.Of(Plans.Train(iterations: 1)));
        await crashed.Task;
        isDown = false;

        await using var second = await House.StartAsync(ground);
        await second.EndedAsync();
        var faulted = (await second.OutcomesAsync()).Count(outcome => outcome.Status is EpisodeStatus.Faulted);
        var versions = await second.Grain<IPolicyGrain>("policy").VersionsAsync();
        Assert.Equal((1, 1), (faulted, versions.Sum(version => version.Excluded)));
    }
}
