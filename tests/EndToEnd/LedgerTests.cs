using System.Collections.Immutable;
using StepTool.Bench.Crashes;
using StepTool.Bench.Fleet;
using StepTool.Core.Episodes;
using StepTool.Core.Evaluation;
using StepTool.Core.Runs;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using Xunit;

namespace StepTool.Tests.EndToEnd;

/// <summary>What kills are judged by: each promise that is broken is told.</summary>
public sealed class LedgerTests
{
    private static readonly ApiKey Changing = Apis(changes: true);
    private static readonly ApiKey Safe = Apis(changes: false);

    [Fact]
    public void Calls_EachAStepOrTheLostOne_BreakNothing()
    {
        Assert.Empty(Ledger.Check(Seen((Id(0), true), (Id(1), true), (Id(2), true)), [Lost(Changing, Changing)]));
        Assert.Empty(Ledger.Check(Seen((Id(0), false), (Id(1), true)), [Played(Safe, Changing)]));
        Assert.Empty(Ledger.Check(Seen(("find:3", false), ("order:3", true), ("pay:3", true)), [Order(3, lost: "pay", "find", "order")]));
    }

    [Fact]
    public void Calls_ALostOneThatWasNeverSent_BreaksNothing() => Assert.Empty(Ledger.Check(Seen((Id(0), true)), [Lost(Changing)]));

    [Fact]
    public void Calls_ASafeOneMadeAgain_BreaksNothing() =>
        Assert.Empty(Ledger.Check(new Dictionary<string, CallCounter.Seen> { [Id(0)] = new(3, Mutates: false) }, [Played(Safe)]));

    [Fact]
    public void Calls_AChangeMadeTwice_IsTold()
    {
        var told = Assert.Single(Ledger.Check(new Dictionary<string, CallCounter.Seen> { [Id(0)] = new(2, Mutates: true) }, [Played(Changing)]));
        Assert.Contains("was sent 2 times", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_AStepThatNoToolSaw_IsTold() => Assert.Contains("no tool was called for it", Assert.Single(Ledger.Check(Seen(), [Played(Changing)])), StringComparison.Ordinal);

    [Fact]
    public void Calls_AChangeThatNobodyRecorded_IsTold() =>
        Assert.Contains($"Call {Id(1)} was made", Assert.Single(Ledger.Check(Seen((Id(0), true), (Id(1), true)), [Played(Changing)])), StringComparison.Ordinal);

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    public void Calls_AnotherThanTheLostOne_IsTold(int step)
    {
        var told = Assert.Single(Ledger.Check(Seen((Id(1), true), (Id(step), true)), [Lost(Safe)]));

        Assert.Contains($"Call {Id(step)} was made", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("order:3")]
    [InlineData("pay:4")]
    public void Calls_AnotherOrderThanTheLostOne_IsTold(string other)
    {
        var told = Assert.Single(Ledger.Check(Seen(("find:3", false), ("pay:3", true), (other, true)), [Order(3, lost: "pay", "find")]));

        Assert.Contains($"Call {other} was made", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_AnEpisodeThatDoesNotSayWhichIsLost_ExcusesNone() =>
        Assert.Contains($"Call {Id(1)} was made", Assert.Single(Ledger.Check(Seen((Id(1), true)), [Lost(Safe) with { Pending = null }])), StringComparison.Ordinal);

    [Fact]
    public void Calls_AnotherFault_ExcusesNone()
    {
        var episode = Lost(Safe) with { Fault = new EpisodeFault(FaultBoundary.Policy, "") };

        Assert.Contains($"Call {Id(1)} was made", Assert.Single(Ledger.Check(Seen((Id(1), true)), [episode])), StringComparison.Ordinal);
    }

    [Fact]
    public void Versions_OneChainOverAllOrdinals_BreaksNothing() => Assert.Empty(Ledger.Check([Version(0, 0, 0), Version(1, 0, 4, excluded: 1), Version(2, 4, 6)], 6, excluded: 1));

    [Fact]
    public void Versions_WhatIsWrongWithThem_IsTold()
    {
        Assert.Contains("at place 1 of the chain", Told([Version(0, 0, 0), Version(2, 0, 6)], 6), StringComparison.Ordinal);
        Assert.Contains("at place 1 of the chain", Told([Version(0, 0, 0), Version(1, 0, 6) with { Parent = -1 }], 6), StringComparison.Ordinal);
        Assert.Contains("an earlier one had learnt from", Told([Version(0, 0, 4), Version(1, 3, 6)], 6), StringComparison.Ordinal);
        Assert.Contains("it must be all of 7", Told([Version(0, 0, 6)], 7), StringComparison.Ordinal);
        Assert.Contains("it must be all of 6", Told([Version(0, 1, 7)], 6), StringComparison.Ordinal);
        Assert.Contains("left out 2 training episodes; 0 ended", Told([Version(0, 0, 6, excluded: 2)], 6), StringComparison.Ordinal);

        static string Told(PolicyManifest[] versions, long trained) => Assert.Single(Ledger.Check(versions, trained, excluded: 0));
    }

    [Fact]
    public void Outcomes_OneATaskAndCounted_BreakNothing() => Assert.Empty(Ledger.Check(Status(done: 2, faults: 1, turns: 4), 2, [Outcome(1), Outcome(0, isLost: true)]));

    [Fact]
    public void Outcomes_WhatIsWrongWithThem_IsTold()
    {
        Assert.Contains("each of its 2 must have one", Assert.Single(Ledger.Check(Status(2, 0, 4), 2, [Outcome(0), Outcome(0)])), StringComparison.Ordinal);
        Assert.Contains("each of its 2 must have one", Ledger.Check(Status(1, 0, 2), 2, [Outcome(0)]).First(), StringComparison.Ordinal);
        Assert.Contains("its outcomes come to", Assert.Single(Ledger.Check(Status(2, 1, 4), 2, [Outcome(0), Outcome(1)])), StringComparison.Ordinal);
        Assert.Contains("its outcomes come to", Assert.Single(Ledger.Check(Status(2, 0, 5), 2, [Outcome(0), Outcome(1)])), StringComparison.Ordinal);
    }

    private static ApiKey Apis(bool changes) =>
        Enumerable.Range(0, 100).Select(number => new ApiKey("bench", "tool", $"api_{number}")).First(api => CountedCaller.Mutates(api) == changes);

    private static string Id(int step) => new EpisodeId("kills-1", 7).CallId(step);

    private static Dictionary<string, CallCounter.Seen> Seen(params (string Key, bool Mutates)[] calls) => calls.ToDictionary(call => call.Key, call => new CallCounter.Seen(1, call.Mutates));

    private static Episode Played(params ApiKey[] apis) => Play(new EpisodeId("kills-1", 7), "task", apis, "{}") with { Status = EpisodeStatus.Finished };

    /// <summary>One whose last call, which changes something, is of unknown outcome.</summary>
    private static Episode Lost(params ApiKey[] before) => Lose(Play(new EpisodeId("kills-1", 7), "task", before, "{}"), Changing, "{}");

    private static Episode Order(long item, string lost, params string[] before)
    {
        var arguments = $$"""{"item":{{item}}}""";
        return Lose(Play(new EpisodeId(Orders.Run, item), $"order-{item}", [.. before.Select(Shop)], arguments), Shop(lost), arguments);

        static ApiKey Shop(string operation) => new("shop", "shop", operation);
    }

    private static Episode Play(EpisodeId id, string task, ApiKey[] apis, string arguments) =>
        apis.Aggregate(
            EpisodeEngine.Begin(id, "world", new AgentTask { Id = task, Query = "", Offered = [], MaxTurns = 9 }, 1),
            (episode, api) => EpisodeEngine.Observe(EpisodeEngine.Decide(episode, Call(api, arguments)), new ToolAnswer(ToolStatus.Ok, "", "{}", Provenance.Real)));

    private static Episode Lose(Episode episode, ApiKey api, string arguments) =>
        EpisodeEngine.Fail(EpisodeEngine.Decide(episode, Call(api, arguments)), new EpisodeFault(FaultBoundary.Tool, "", ToolFaultKind.OutcomeUnknown));

    private static Decision Call(ApiKey api, string arguments) => new(new CallApi(new ToolCall(api, arguments)), 0);

    private static PolicyManifest Version(int version, long from, long to, int excluded = 0) => new(
        version, version - 1, "", "", "", OrdinalSet.Empty.AddRange(from, to), excluded, ImmutableSortedDictionary<string, double>.Empty, new TrainingSettings());

    private static RunStatus Status(long done, long faults, long turns) =>
        new("run", RunPhase.Completed, 1, [new StageProgress("stage", "evaluate", done, done, 0, 0, 0, turns, faults, 0)], "", "", "world");

    private static RolloutOutcome Outcome(long ordinal, bool isLost = false) => new(ordinal, null, "", EpisodeStatus.Finished, 0, new Outcome
    {
        Task = "task",
        Policy = "policy",
        Labels = new TaskLabels(Split.Test, "", "", 1, ""),
        Turns = 2,
        Fault = isLost ? FaultBoundary.Tool : null,
    });
}
