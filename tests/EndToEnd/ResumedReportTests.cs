using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StepTool.Core.Episodes;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Judging;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using StepTool.Grains.Worlds;
using StepTool.Silo.Api;
using StepTool.Silo.Hosting;
using StepTool.Tests.Client;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.EndToEnd;

/// <summary>Episodes of a run that has completed go on by command, and its report follows.</summary>
[Trait("Kind", "Simulation")]
public sealed class ResumedReportTests
{
    private const string Run = "evaluate-built-in-1";
    private const int Broken = 3;

    [Fact]
    public async Task EpisodesResume_RunHasCompleted_OneAndThenAllGoOnAndTheReportFollows()
    {
        using var folder = new TemporaryFolder();
        var judge = new LapsingJudge();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["StepTool:DataDirectory"] = folder.Of("data");
        builder.Services.AddSingleton<IWorldCatalogue>(judge);
        builder.AddStepToolSilo();
        await using var app = builder.Build().MapStepToolSilo();
        await SiloProgram.StartAsync(app, CancellationToken.None);
        string[] silo = ["--silo", app.Urls.First()];
        string[] evaluate = ["evaluate", "--policy", "floor:bm25@2", "--no-floors", "--test-tasks", "8", "--out", folder.Of("out"), "--json", .. silo];

        var before = await ConsoleRun.OfAsync(evaluate);
        var listed = await ConsoleRun.OfAsync(["episodes", "list", Run, "--faulted", .. silo]);
        var unsolved = await ConsoleRun.OfAsync(["episodes", "list", Run, "--verdict", "unsolved", "--json", .. silo]);
        var shown = await ConsoleRun.OfAsync(["episodes", "show", Run + "/0", .. silo]);
        judge.Works = true;
        var one = await ConsoleRun.OfAsync(["episodes", "resume", Run + "/0", .. silo]);
        var watched = await ConsoleRun.OfAsync(["runs", "watch", Run, .. silo]);
        var left = await ConsoleRun.OfAsync(["episodes", "list", Run, "--faulted", "--json", .. silo]);
        var all = await ConsoleRun.OfAsync(["episodes", "resume", Run, .. silo]);
        var after = await ConsoleRun.OfAsync([.. evaluate, "--run", Run]);
        await app.StopAsync();

        Assert.True(before.ExitCode == 0, before.Errors);
        Assert.Equal(Broken, Report.FromJson(before.Output).Methods[0].Excluded.JudgeFault);
        Assert.Contains("│ Faulted │ Judge │         │", listed.Output, StringComparison.Ordinal);
        Assert.Contains($"3 ended by a fault; when its cause is cured, go on with them: steptool episodes resume {Run} --silo {app.Urls.First()}", listed.Output, StringComparison.Ordinal);
        Assert.All(JsonDocument.Parse(unsolved.Output).RootElement.EnumerateArray(), episode => Assert.Equal("unsolved", episode.GetProperty("verdict").GetString()));
        Assert.Contains("fault: Judge. ", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"go on with: steptool episodes resume {Run}/0", shown.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), (one.ExitCode, watched.ExitCode, all.ExitCode));
        Assert.Contains($"1 episode of {Run} at work again.", one.Output, StringComparison.Ordinal);
        Assert.Contains($"Follow with: steptool runs watch {Run} --silo {app.Urls.First()}", one.Output, StringComparison.Ordinal);
        Assert.Equal(Broken - 1, JsonDocument.Parse(left.Output).RootElement.GetArrayLength());
        Assert.Contains($"2 episodes of {Run} at work again.", all.Output, StringComparison.Ordinal);
        Assert.True(after.ExitCode == 0, after.Errors);
        Assert.Equal((0, 8), (Report.FromJson(after.Output).Methods[0].Excluded.Faults, Report.FromJson(after.Output).Tasks));
    }

    /// <summary>The built-in world, whose judge breaks at a run's first episodes until it works.</summary>
    private sealed class LapsingJudge : IWorldCatalogue, IWorld, IJudge
    {
        private readonly BuiltInWorld _world = BuiltInWorld.Create();

        public bool Works { get; set; }

        public string Id => _world.Id;

        public ImmutableArray<AgentTask> Tasks => _world.Tasks;

        public int DefaultMaxTurns => _world.DefaultMaxTurns;

        public IEnumerable<ApiKey> Apis => _world.Apis;

        public IJudge Judge => this;

        public ImmutableArray<string> Excluded => _world.Excluded;

        public ValueTask<IWorld> GetAsync(string reference, CancellationToken cancellationToken) => new(this);

        public TaskLabels Labels(AgentTask task) => _world.Labels(task);

        public bool TryDescribe(ApiKey api, [NotNullWhen(true)] out ApiDocumentation? documentation) => _world.TryDescribe(api, out documentation);

        public ToolAnswer Answer(ToolCall call, int attempt) => _world.Answer(call, attempt);

        public bool Supplies(Episode episode, int step) => _world.Supplies(episode, step);

        Judgement IJudge.Judge(Episode episode) => Works || episode.Id.Ordinal >= Broken ? _world.Judge.Judge(episode) : throw new InvalidOperationException("The judge is away.");
    }
}
