using System.CommandLine;
using StepTool.Client.Training;
using StepTool.Core.Rewards;
using StepTool.Core.Runs;
using StepTool.Learning.Methods;
using StepTool.Tests.Silo;
using Xunit;

namespace StepTool.Tests.Client;

[Trait("Kind", "Unit")]
public sealed class LearningOptionsTests
{
    public static TheoryData<string> Methods => [.. TrainingMethods.All];

    [Fact]
    public void Read_Nothing_IsTheLearnersOwnDefaults() => Assert.Equal((new TrainingSettings(), new RewardOptions()), Read(""));

    [Theory]
    [InlineData("return-to-go", CreditWeighting.ReturnToGo)]
    [InlineData("released", CreditWeighting.Released)]
    [InlineData("immediate", CreditWeighting.Immediate)]
    public void Credit_EachValue_IsItsWeighting(string value, CreditWeighting expected) => Assert.Equal(expected, Read($"--credit {value}").Settings.Credit.Weighting);

    [Theory]
    [InlineData("turn", CreditClock.Turn)]
    [InlineData("token", CreditClock.Token)]
    public void Clock_EachValue_IsItsTick(string value, CreditClock expected) => Assert.Equal(expected, Read($"--clock {value}").Settings.Credit.Clock);

    [Theory]
    [InlineData("kept", TerminalScore.Kept)]
    [InlineData("dropped", TerminalScore.Dropped)]
    public void Terminal_EachValue_IsItsScore(string value, TerminalScore expected) => Assert.Equal(expected, Read($"--terminal {value}").Settings.Credit.Terminal);

    [Theory]
    [InlineData("both", RewardParts.Both, RewardControl.None)]
    [InlineData("success", RewardParts.Success, RewardControl.None)]
    [InlineData("contribution", RewardParts.Contribution, RewardControl.None)]
    [InlineData("final", RewardParts.Final, RewardControl.None)]
    [InlineData("shuffled", RewardParts.Both, RewardControl.Shuffled)]
    [InlineData("constant", RewardParts.Both, RewardControl.Constant)]
    [InlineData("oracle", RewardParts.Both, RewardControl.Oracle)]
    public void Reward_EachValue_IsItsPartsOrItsControl(string value, RewardParts parts, RewardControl control)
    {
        var rewards = Read($"--reward {value}").Rewards;

        Assert.Equal((parts, control), (rewards.Parts, rewards.Control));
    }

    [Theory]
    [InlineData("ppo", "--reward", "final", "archer, steptool")]
    [InlineData("sft", "--step-weight", "0.5", "archer, steptool")]
    [InlineData("rft", "--contribution", "lcs", "archer, steptool")]
    [InlineData("eto", "--unanswered", "paid", "archer, steptool")]
    [InlineData("sft", "--credit", "return-to-go", "ppo, steptool")]
    [InlineData("rft", "--clock", "token", "ppo, steptool")]
    [InlineData("archer", "--lambda", "0.5", "ppo, steptool")]
    [InlineData("ppo", "--mistakes", "0.4", "sft")]
    [InlineData("sft", "--finish-share", "0", "rft, ppo, eto, archer, steptool")]
    public async Task Train_OptionThatTheMethodDoesNotRead_IsWrongUsageAndNamesWhoDoes(string method, string option, string value, string readers)
    {
        using var folder = new TemporaryFolder();
        var run = await ConsoleRun.OfAsync("train", "--method", method, option, value, "--data-dir", folder.Path);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{option} is '{value}', and method '{method}' does not read it. Leave it out, or choose a method that does: {readers}.", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--reward final --step-weight 0.7", "--step-weight is '0.7', and --reward final does not pay what it speaks of.")]
    [InlineData("--reward success --contribution lcs", "--contribution is 'lcs', and --reward success does not pay what it speaks of.")]
    [InlineData("--credit immediate --gamma 0.9", "--gamma is '0.9', and --credit immediate counts no later reward.")]
    [InlineData("--credit immediate --clock token", "--clock is 'token', and --credit immediate counts no later reward.")]
    public async Task Train_OptionThatAnotherTakesItsMeaning_IsWrongUsage(string arguments, string error)
    {
        using var folder = new TemporaryFolder();
        var run = await ConsoleRun.OfAsync(["train", .. arguments.Split(' '), "--data-dir", folder.Path]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(error, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--methods sft,rft,ppo --reward shuffled", "--reward is 'shuffled', and of the methods sft, rft, ppo none reads it.")]
    [InlineData("--methods eto --entropy 0.1", "--entropy is '0.1', and method 'eto' does not read it.")]
    [InlineData("--ablate rewards --reward success", "--reward is given beside --ablate rewards, which tries every value of it.")]
    public async Task Compare_OptionThatNothingReads_IsWrongUsage(string arguments, string error)
    {
        using var folder = new TemporaryFolder();
        var run = await ConsoleRun.OfAsync(["compare", .. arguments.Split(' '), "--data-dir", folder.Path]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(error, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("archer")]
    [InlineData("steptool")]
    public void Reward_MethodThatReadsIt_IsTaken(string method) => Assert.Equal(RewardParts.Success, Read($"--method {method} --reward success").Rewards.Parts);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Method_EachName_IsTaken(string method) => Assert.Equal(method, Read($"--method {method}").Settings.Method);

    [Theory]
    [InlineData("--credit", "fast", "released")]
    [InlineData("--clock", "second", "token")]
    [InlineData("--terminal", "lost", "dropped")]
    [InlineData("--reward", "none", "oracle")]
    [InlineData("--method", "grpo", "archer")]
    public async Task Train_ValueThatIsNone_IsWrongUsageAndListsTheKnownOnes(string option, string value, string known)
    {
        var run = await ConsoleRun.OfAsync("train", option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"{option} is '{value}'; it must be one of ", run.Errors, StringComparison.Ordinal);
        Assert.Contains(known, run.Errors, StringComparison.Ordinal);
        Assert.Contains("See 'steptool train --help'.", run.Errors, StringComparison.Ordinal);
    }

    private static (TrainingSettings Settings, RewardOptions Rewards) Read(string arguments)
    {
        var command = new Command("train");
        var options = new LearningOptions(command, choosesMethod: true);
        var parsed = command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        return (options.Settings(parsed), options.Rewards(parsed));
    }
}
