using StepTool.Core.Rewards;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;
using Xunit;

namespace StepTool.Tests.Runs;

[Trait("Kind", "Unit")]
public sealed class RunPlanRulesTests
{
    private static readonly RunPlan Plan = new()
    {
        Run = "run-1",
        World = "tiny",
        Stages = [new EvaluateStage { Name = "bm25@1", Policy = new PolicyReference("bm25@1", PolicyPin.Floor), Split = Split.Test }],
    };

    private static readonly TrainStage Training = new() { Name = "train", Policy = "p", Iterations = 1, BatchSize = 1 };

    [Fact]
    public void Check_SoundPlan_Passes() => RunPlanRules.Check(Plan);

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a b")]
    public void Check_RunId_MustBePlain(string run) => Refuses(Plan with { Run = run }, $"'{run}'");

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Check_StepWeight_MustLieBetween0And1(double weight) => Refuses(Plan with { Rewards = new RewardOptions { StepWeight = weight } }, "between 0 and 1");

    [Theory]
    [InlineData((RewardParts)9, RewardControl.None, "The reward of run 'run-1' is 9; it must be one of Final, Success, Contribution, Both.")]
    [InlineData(RewardParts.Both, (RewardControl)9, "The control of rewards of run 'run-1' is 9; it must be one of None, Shuffled, Constant, Oracle.")]
    public void Check_RewardThatIsNone_ListsTheKnownOnes(RewardParts parts, RewardControl control, string expected) =>
        Refuses(Plan with { Rewards = new RewardOptions { Parts = parts, Control = control } }, expected);

    [Fact]
    public void Check_RewardsOfAStage_AreCheckedToo() => Refuses(
        Plan with { Stages = [Training with { Rewards = new RewardOptions { Contribution = (ContributionKind)5 } }] },
        "The rule of contribution of stage 'train' of run 'run-1' is 5; it must be one of Used, CommonSubsequence. Choose one of them.");

    [Theory]
    [InlineData((CreditWeighting)9, CreditClock.Turn, TerminalScore.Kept, "The credit of stage 'train' of run 'run-1' is 9; it must be one of ReturnToGo, Released, Immediate.")]
    [InlineData(CreditWeighting.Released, (CreditClock)9, TerminalScore.Kept, "The clock of stage 'train' of run 'run-1' is 9; it must be one of Turn, Token.")]
    [InlineData(CreditWeighting.Released, CreditClock.Token, (TerminalScore)9, "The terminal score of stage 'train' of run 'run-1' is 9; it must be one of Kept, Dropped.")]
    public void Check_CreditThatIsNone_ListsTheKnownOnes(CreditWeighting weighting, CreditClock clock, TerminalScore terminal, string expected) => Refuses(
        Plan with { Stages = [Training with { Settings = new TrainingSettings { Credit = new CreditRule { Weighting = weighting, Clock = clock, Terminal = terminal } } }] }, expected);

    [Fact]
    public void Check_NeitherStagesNorService_IsRefused() => Refuses(Plan with { Stages = [] }, "neither stages nor");

    [Fact]
    public void Check_BothStagesAndService_IsRefused() => Refuses(Plan with { Serves = new PolicyReference("p", PolicyPin.Promoted) }, "both stages and");

    [Fact]
    public void Check_FinishHeldBackFromAFloor_IsRefused() =>
        Refuses(Plan with { Stages = [(EvaluateStage)Plan.Stages[0] with { HoldsFinish = true }] }, "holds Finish back from a floor");

    [Fact]
    public void Check_UnknownFloor_ListsTheKnownOnes() =>
        Refuses(Plan with { Stages = [new EvaluateStage { Name = "x", Policy = new PolicyReference("bm26@1", PolicyPin.Floor), Split = Split.Test }] }, "call-everything");

    [Fact]
    public void Check_PolicyNameThatReadsAsAFloor_IsRefused() =>
        Refuses(Plan with { Stages = [new TrainStage { Name = "x", Policy = "floor:mine", Iterations = 1, BatchSize = 1 }] }, "floor:");

    [Fact]
    public void Check_StageOutOfRange_NamesSettingValueAndRule()
    {
        var evaluate = (EvaluateStage)Plan.Stages[0];
        (RunStage Stage, string Expected)[] cases =
        [
            (Training with { Iterations = 0 }, "Iterations of stage 'train' of run 'run-1' is 0; it must be at least 1."),
            (Training with { BatchSize = 0 }, "BatchSize of stage 'train' of run 'run-1' is 0; it must be at least 1."),
            (Training with { MaxStaleness = -1 }, "MaxStaleness of stage 'train' of run 'run-1' is -1; it must be at least 0."),
            (Training with { Attempts = 0 }, "Attempts of stage 'train' of run 'run-1' is 0; it must be at least 1."),
            (Training with { UntilTurns = -5 }, "UntilTurns of stage 'train' of run 'run-1' is -5; it must be at least 0."),
            (Training with { MaxTasks = -1 }, "MaxTasks of stage 'train' of run 'run-1' is -1; it must be at least 0."),
            (Training with { FinishShare = 1.5 }, "FinishShare of stage 'train' of run 'run-1' is 1.5; it must lie between 0 and 1."),
            (Training with { MistakeShare = double.NaN }, "MistakeShare of stage 'train' of run 'run-1' is NaN; it must lie between 0 and 1."),
            (evaluate with { MaxTasks = -1 }, "it must be at least 0."),
            (evaluate with { AtTurns = -1 }, "AtTurns of stage"),
        ];
        Assert.All(cases, one => Refuses(Plan with { Stages = [one.Stage] }, one.Expected));
    }

    private static void Refuses(RunPlan plan, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => RunPlanRules.Check(plan)).Message, StringComparison.Ordinal);
}
