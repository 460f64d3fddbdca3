using StepTool.Client.Comparing;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Rewards;
using StepTool.Core.Runs;
using StepTool.Learning.Methods;
using Xunit;

namespace StepTool.Tests.Client.Comparing;

[Trait("Kind", "Unit")]
public sealed class ContenderTests
{
    [Fact]
    public void Of_NothingAsked_IsAllMethodsThenReferences() => Assert.Equal([.. TrainingMethods.All, .. TrainingMethods.References], Names([], []));

    [Fact]
    public void Of_AblationAlone_IsStepToolAndItsVariants()
    {
        var names = Names([], ["credit"]);

        Assert.Equal("steptool", names[0]);
        Assert.Equal(["steptool released", "steptool released weights", "steptool immediate", "steptool token clock", "steptool dropped"], names.Skip(1));
    }

    [Fact]
    public void Of_MethodsInAnyOrder_ComeInTheReportsOrderAndBeforeAblations() =>
        Assert.Equal(["ppo", "steptool", "steptool success"], Names(["steptool", "ppo"], ["rewards"]).Take(3));

    [Fact]
    public void Of_Credit_ChangesCreditAloneAndReleasedIsAllThreeSwitches()
    {
        var contenders = Contender.Of([], ["credit"], new TrainingSettings { Gamma = 0.9 }, new RewardOptions { StepWeight = 0.3 });

        Assert.All(contenders, contender => Assert.Equal((0.9, new RewardOptions { StepWeight = 0.3 }), (contender.Settings.Gamma, contender.Rewards)));
        Assert.Equal(
            new CreditRule { Weighting = CreditWeighting.Released, Clock = CreditClock.Token, Terminal = TerminalScore.Dropped },
            contenders.Single(contender => contender.Name == "steptool released").Settings.Credit);
    }

    [Fact]
    public void Of_WhatReadsTheTruth_StandsOutsideTheRanking() => Assert.Equal(
        ["relevance", "steptool oracle"],
        Contender.Of(["all"], ["rewards"], new TrainingSettings(), new RewardOptions()).Where(contender => contender.Kind is MethodKind.Reference).Select(contender => contender.Name));

    [Fact]
    public void Of_CreditSetAlready_ChangesOneThingMoreAndLeavesOutWhatIsTheSame()
    {
        var contenders = Contender.Of([], ["credit"], new TrainingSettings { Credit = new CreditRule { Clock = CreditClock.Token } }, new RewardOptions());

        Assert.DoesNotContain("steptool token clock", contenders.Select(contender => contender.Name));
        Assert.All(contenders, contender => Assert.Equal(CreditClock.Token, contender.Settings.Credit.Clock));
        Assert.Equal(TerminalScore.Dropped, contenders.Single(contender => contender.Name == "steptool dropped").Settings.Credit.Terminal);
    }

    [Fact]
    public void Kind_RewardByTheTruth_IsAReferenceOnlyWhereItIsRead() => Assert.Equal(
        ["archer", "steptool", "relevance"],
        Contender.Of(["all"], [], new TrainingSettings(), new RewardOptions { Control = RewardControl.Oracle }).Where(contender => contender.Kind is MethodKind.Reference).Select(contender => contender.Name));

    private static IReadOnlyList<string> Names(string[] methods, string[] ablations) =>
        [.. Contender.Of(methods, ablations, new TrainingSettings(), new RewardOptions()).Select(contender => contender.Name)];
}
