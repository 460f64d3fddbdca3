using System.Collections.Immutable;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Client.Runs;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.Client.Runs;

[Trait("Kind", "Unit")]
public sealed class RunStarterTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private Connection _connection = null!;

    public async Task InitializeAsync() => _connection = await InProcessSilo.StartAsync(_folder.Of("data"), new Terminal(TextWriter.Null, TextWriter.Null, isInteractive: false), CancellationToken.None);

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Start_RunsOfWhichOneHasEnded_GoesOnWithAllOfThem()
    {
        var first = await StartAsync("floor:listed");
        await EndedAsync("pair-1");

        var again = await StartAsync("floor:listed");

        Assert.Equal(["pair-1", "pair-2"], first.Select(run => run.Plan.Run));
        Assert.Equal([("pair-1", RunPhase.Completed), ("pair-2", RunPhase.Running)], again.Select(run => (run.Plan.Run, run.Before)));
    }

    [Fact]
    public async Task Start_OneIdHasAnotherPlan_BeginsNoneOfThatNumber()
    {
        await _connection.Run("pair-2").StartAsync(Standing("pair-2", "floor:random"));

        var started = await StartAsync("floor:listed");

        Assert.Equal(["pair-2-1", "pair-2-2"], started.Select(run => run.Plan.Run));
        Assert.Equal(RunPhase.Unknown, (await _connection.Run("pair-1").StatusAsync()).Phase);
    }

    // One run that ends soon, and one that never does.
    private Task<ImmutableArray<StartedRun>> StartAsync(string policy) => RunStarter.StartAsync(
        _connection, asked: null, "pair", first => [Short($"{first}-1", policy), Standing($"{first}-2", policy)], CancellationToken.None);

    private static RunPlan Short(string run, string policy) => new()
    {
        Run = run,
        World = "built-in:1",
        Stages = [new EvaluateStage { Name = "one", Policy = PolicyReference.Parse(policy), Split = Split.Dev, MaxTasks = 1 }],
    };

    private static RunPlan Standing(string run, string policy) => new() { Run = run, World = "built-in:1", Serves = PolicyReference.Parse(policy) };

    private async Task EndedAsync(string run)
    {
        await foreach (var snapshot in new RunWatch(_connection, TimeProvider.System).FollowAsync(run, [], CancellationToken.None))
        {
            Assert.NotEqual(RunPhase.Failed, snapshot.Status.Phase);
        }
    }
}
