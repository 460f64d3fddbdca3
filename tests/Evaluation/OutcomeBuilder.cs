using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Evaluation;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Judging;
using StepTool.Core.Worlds;

namespace StepTool.Tests.Evaluation;

/// <summary>Makes outcomes for tests.</summary>
internal static class OutcomeBuilder
{
    public static Outcome Outcome(string task, Verdict verdict, string policy = "steptool", int seed = 1, string? component = null) => new()
    {
        Task = task,
        Policy = policy,
        Seed = seed,
        Labels = new TaskLabels(Split.Test, component ?? task, "built-in", 1, "plain"),
        Ending = EpisodeStatus.Finished,
        Verdict = verdict,
        Turns = 3,
        Calls = 2,
        SuccessfulCalls = 2,
        Called = 2,
        Relevant = 2,
        RelevantCalled = verdict == Verdict.Solved ? 2 : 1,
        Return = verdict == Verdict.Solved ? 1.2 : 0.2,
        PassAtCalls = [Verdict.Unsolved, verdict, verdict, verdict, verdict],
    };

    /// <summary>A method that passes a task with a chance falling with depth; equal arguments give equal outcomes.</summary>
    public static ImmutableArray<Outcome> Method(string policy, double skill, int tasks = 120, int seeds = 1, double byDepth = 0.1)
    {
        var outcomes = ImmutableArray.CreateBuilder<Outcome>();
        for (var seed = 1; seed <= seeds; seed++)
        {
            for (var task = 0; task < tasks; task++)
            {
                // Hard tasks are hard for everyone; the rest is the method's own luck at this seed.
                var depth = (task % 4) + 1;
                var hard = new SeededRandom((ulong)task).NextDouble();
                var luck = new SeededRandom(StableHash.Of(policy, (ulong)((seed * 10_000) + task))).NextDouble();
                var chance = skill - (byDepth * (depth - 1));
                var verdict = (0.5 * hard) + (0.5 * luck) < chance ? Verdict.Solved : Verdict.Unsolved;
                outcomes.Add(Outcome($"task-{task:000}", verdict, policy, seed, $"component-{task / 3}") with
                {
                    Labels = new TaskLabels(Split.Test, $"component-{task / 3}", "built-in", depth, (task % 10) switch { 0 => "bait", 5 => "probe", _ => "plain" }),
                    Ending = luck > 0.95 ? EpisodeStatus.Truncated : EpisodeStatus.Finished,
                    Calls = depth + (luck > 0.5 ? 1 : 0),
                    Called = depth + (luck > 0.5 ? 1 : 0),
                    Relevant = depth,
                    RelevantCalled = verdict == Verdict.Solved ? depth : depth - 1,
                    PassAtCalls = [.. Enumerable.Range(1, 5).Select(calls => calls >= depth ? verdict : Verdict.Unsolved)],
                });
            }
        }

        return outcomes.ToImmutable();
    }

    /// <summary>A report of a learner, two references and three floors.</summary>
    public static ReportInput Input(int tasks = 120, int seeds = 1) => new()
    {
        World = "built-in-3f9ac1",
        Split = Split.Test,
        TestRuns = 1,
        Command = "steptool train --seed 1",
        Configuration = ImmutableSortedDictionary<string, string>.Empty.Add("learningRate", "0.001").Add("turns", "40000"),
        ExcludedTasks = ["task-x2", "task-x1"],
        Timings = new ReportTimings(DateTimeOffset.UnixEpoch, 71.5, ImmutableSortedDictionary<string, double>.Empty.Add("rollouts", 40.25)),
        Methods =
        [
            new MethodRun { Method = "steptool", Kind = MethodKind.Method, Outcomes = Method("steptool", 0.85, tasks, seeds), Turns = 40_000, Rows = 160_000, Updates = 120, WallSeconds = 70, Curve = Curve() },
            new MethodRun { Method = "untrained", Kind = MethodKind.Reference, Outcomes = Method("untrained", 0.22, tasks, seeds) },
            new MethodRun { Method = "random", Kind = MethodKind.Floor, Outcomes = Method("random", 0.15, tasks) },
            new MethodRun { Method = "bm25@3", Kind = MethodKind.Floor, Outcomes = Method("bm25@3", 0.4, tasks, 1, 0.16) },
            new MethodRun { Method = "tool-bm25@5", Kind = MethodKind.Floor, Outcomes = Method("tool-bm25@5", 0.45, tasks, 1, 0.12) },
            new MethodRun { Method = "oracle", Kind = MethodKind.Reference, Outcomes = Method("oracle", 1.2, tasks) },
        ],
    };

    public static ImmutableArray<CurvePoint> Curve() =>
    [
        .. Enumerable.Range(0, 13).SelectMany(point => new[]
        {
            Point(point, 0.85 - (0.63 * Math.Exp(-point / 3.0)), Split.Dev),
            Point(point, 0.75 - (0.6 * Math.Exp(-point / 3.5)), Split.Train),
        }),
    ];

    public static CurvePoint Point(int index, double passRate, Split split = Split.Dev, double? reward = null) =>
        new(index * 3200, split, new Interval(passRate, passRate - 0.05, passRate + 0.05), reward ?? ((1.1 * passRate) + 0.1));
}
