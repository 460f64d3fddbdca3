using System.Collections.Immutable;
using System.Text.Json;
using System.Xml.Linq;
using StepTool.Core.Episodes;
using StepTool.Core.Evaluation.Plots;
using StepTool.Core.Evaluation.Reports;
using Xunit;
using static StepTool.Tests.Evaluation.OutcomeBuilder;

namespace StepTool.Tests.Evaluation;

[Trait("Kind", "Unit")]
public sealed class ReportTests
{
    [Fact]
    public void Build_EqualInput_GivesEqualReportsButForTimings()
    {
        var first = ReportBuilder.Build(Input());
        var second = ReportBuilder.Build(Input() with { Timings = null });

        Assert.NotEqual(first.ToJson(), second.ToJson());
        Assert.Equal(first.WithoutTimings().ToJson(), second.WithoutTimings().ToJson());
    }

    [Fact]
    public void Build_OneMethodAgainstAll_PairsDifferences()
    {
        var report = ReportBuilder.Build(Input());
        var difference = report.Differences.Single(difference => difference.Against == "tool-bm25@5");

        Assert.Equal(5, report.Differences.Length);
        Assert.Equal(report.Methods[0].PassRate.Mean - report.Methods[4].PassRate.Mean, difference.PassRate.Mean, 5);
        Assert.True(difference.Holds);
        Assert.Equal(["1", "2", "3", "4"], difference.ByDepth.Select(slice => slice.Name));
    }

    [Fact]
    public void Build_ChainedTasks_HaveADifferenceAndAFamilyOfTheirOwn()
    {
        var difference = ReportBuilder.Build(Input()).Differences.Single(difference => difference.Against == "tool-bm25@5");
        var slices = difference.ByDepth.Where(slice => slice.Name != "1").ToList();

        Assert.Equal(slices.Average(slice => slice.PassRate.Mean), difference.Deep!.PassRate.Mean, 5); // as many tasks of each depth
        Assert.InRange(difference.Deep.PassRate.Mean, difference.Deep.PassRate.Low, difference.Deep.PassRate.High);
    }

    [Fact]
    public void Build_AllTasksOfOneDepth_HasNoDifferenceOfChainedOnes()
    {
        var input = Input();
        var flat = input with { Methods = [.. input.Methods.Select(run => run with { Outcomes = [.. run.Outcomes.Where(outcome => outcome.Labels.Depth == 2)] })] };

        Assert.All(ReportBuilder.Build(flat).Differences, difference => Assert.Null(difference.Deep));
    }

    [Fact]
    public void Build_DepthAndKind_SplitTheTasks()
    {
        var method = ReportBuilder.Build(Input()).Methods[0];

        Assert.Equal([30, 30, 30, 30], method.ByDepth.Select(slice => slice.Tasks));
        Assert.Equal([("bait", 12), ("plain", 96), ("probe", 12)], method.ByKind.Select(slice => (slice.Name, slice.Tasks)));
        Assert.Equal(method.PassRate.Mean, method.ByDepth.Average(slice => slice.PassRate.Mean), 5);
    }

    [Fact]
    public void Build_FewSeeds_SaysTasksOnly()
    {
        Assert.Equal("tasks only", ReportBuilder.Build(Input(seeds: 4)).Intervals.Over);
        Assert.Equal("tasks and seeds", ReportBuilder.Build(Input(seeds: 5)).Intervals.Over);
    }

    [Fact]
    public void Build_ExcludedTasks_AreSortedAndCountedAsFailures()
    {
        var report = ReportBuilder.Build(Input());

        Assert.Equal(["task-x1", "task-x2"], report.ExcludedTasks.AsEnumerable());
        Assert.Equal(report.Methods[0].PassRate.Mean * 120 / 122, report.Methods[0].PassRateOverAll, 5);
    }

    [Fact]
    public void Build_MoreThanOnePercentFaults_IsInvalid()
    {
        var input = Input();
        var run = input.Methods[0];
        var faulty = run with { Outcomes = [.. run.Outcomes.Select((outcome, index) => index < 2 ? outcome with { Fault = FaultBoundary.Tool } : outcome)] };

        var report = ReportBuilder.Build(input with { Methods = input.Methods.SetItem(0, faulty) });

        Assert.False(report.Valid);
        Assert.Contains("2 of 120 evaluated episodes of steptool were lost", Assert.Single(report.Warnings), StringComparison.Ordinal);
        Assert.Equal(2, report.Methods[0].Excluded.ToolFault);
    }

    [Fact]
    public void Build_RewardUpWithPassDown_IsFlagged()
    {
        var report = WithCurve([Point(0, 0.2, reward: 0.2), Point(1, 0.6, reward: 0.7), Point(2, 0.5, reward: 0.9)]);

        Assert.Contains("steptool on dev: reward up with pass down", Assert.Single(report.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_RewardAndPassDown_IsNotFlagged() =>
        Assert.Empty(WithCurve([Point(0, 0.2, reward: 0.2), Point(1, 0.6, reward: 0.7), Point(2, 0.5, reward: 0.6)]).Warnings);

    [Fact]
    public void Build_TestRunTwice_SaysSo() =>
        Assert.Contains("has been run 2 times", Assert.Single(ReportBuilder.Build(Input() with { TestRuns = 2 }).Warnings), StringComparison.Ordinal);

    [Fact]
    public void Build_OtherTasks_NamesBothMethods()
    {
        var input = Input();
        var shorter = input.Methods[1] with { Outcomes = input.Methods[1].Outcomes.RemoveAt(0) };

        var error = Assert.Throws<ArgumentException>(() => ReportBuilder.Build(input with { Methods = input.Methods.SetItem(1, shorter) }));

        Assert.Contains("untrained was run on 119 tasks and steptool on 120", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_TaskTwice_IsRefused()
    {
        var input = Input();
        var twice = input.Methods[0] with { Outcomes = input.Methods[0].Outcomes.Add(input.Methods[0].Outcomes[0]) };

        var error = Assert.Throws<ArgumentException>(() => ReportBuilder.Build(input with { Methods = input.Methods.SetItem(0, twice) }));

        Assert.Contains("121 outcomes with seed 1 for 120 tasks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_UnknownComparison_NamesIt() =>
        Assert.Contains("names ppo", Assert.Throws<ArgumentException>(() => ReportBuilder.Build(Input() with { Comparisons = [new Comparison("steptool", "ppo")] })).Message, StringComparison.Ordinal);

    [Fact]
    public void ToJson_Members_AreAsDocumented()
    {
        using var json = JsonDocument.Parse(ReportBuilder.Build(Input()).ToJson());
        var method = json.RootElement.GetProperty("methods")[2];

        Assert.Equal("test", json.RootElement.GetProperty("split").GetString());
        Assert.Equal("floor", method.GetProperty("kind").GetString());
        Assert.All(
            ["passRate", "strictPass", "recall", "precision", "efficientPass", "finishRate", "passGivenFinish", "callsPerEpisode"],
            name => Assert.Equal(3, method.GetProperty(name).EnumerateObject().Count()));
        Assert.Equal(5, method.GetProperty("passAtCalls").GetArrayLength());
        Assert.Equal(0, method.GetProperty("excluded").GetProperty("policyFault").GetInt32());
        Assert.Equal("steptool", json.RootElement.GetProperty("differences")[0].GetProperty("method").GetString());
    }

    [Fact]
    public void FromJson_OwnJson_RoundTrips()
    {
        var json = ReportBuilder.Build(Input()).ToJson();

        Assert.Equal(json, Report.FromJson(json).ToJson());
    }

    [Fact]
    public void Render_Html_IsOneWellFormedFileWithoutOutsideResources()
    {
        var html = ReportHtml.Render(ReportBuilder.Build(Input() with { Notes = ["<script>alert(1)</script> & more"] }));
        var svgs = html.Split("<svg ").Skip(1).Select(part => "<svg " + part[..(part.IndexOf("</svg>", StringComparison.Ordinal) + 6)]).ToList();

        Assert.Equal(5, svgs.Count);
        Assert.All(svgs, svg => XDocument.Parse(svg));
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Markdown_HasARowAMethod()
    {
        var markdown = ReportMarkdown.Render(ReportBuilder.Build(Input()));

        Assert.Contains("| **steptool** |", markdown, StringComparison.Ordinal);
        Assert.Contains("| tool-bm25@5 (floor) |", markdown, StringComparison.Ordinal);
        Assert.Contains("## Pass rate by depth", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_LearningCurve_StandsAlone()
    {
        var svg = XDocument.Parse(LearningCurveSvg.Render(ReportBuilder.Build(Input()))!);

        Assert.Equal("http://www.w3.org/2000/svg", svg.Root!.Name.NamespaceName);
        Assert.Contains(svg.Descendants(), element => element.Name.LocalName == "style");
    }

    [Fact]
    public void Render_NothingLearned_HasNoCurve()
    {
        var report = WithCurve([]);

        Assert.Null(LearningCurveSvg.Render(report));
        Assert.DoesNotContain("Learning curve", ReportHtml.Render(report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("steptool train --seed 3", "train", "--seed", "3", "--out", "/tmp/x")]
    [InlineData("steptool train --seed 3", "train", "--out=/tmp/x", "--data-dir", "d", "--seed", "3")]
    [InlineData("steptool evaluate --policy \"my policy\"", "evaluate", "--policy", "my policy")]
    public void Of_Command_LeavesPlacesOut(string expected, params string[] arguments) => Assert.Equal(expected, ReportCommand.Of(arguments));

    private static Report WithCurve(ImmutableArray<CurvePoint> curve)
    {
        var input = Input();
        return ReportBuilder.Build(input with { Methods = input.Methods.SetItem(0, input.Methods[0] with { Curve = curve }) });
    }
}
