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
    [InlineData("ppo", "--reward", "final")]
    [InlineData("sft", "--step-weight", "0.5")]
    [InlineData("rft", "--contribution", "lcs")]
    [InlineData("eto", "--unanswered", "paid")]
    public async Task Train_RewardOptionThatTheMethodDoesNotRead_IsWrongUsageAndNamesWhoDoes(string method, string option, string value)
    {
        using var folder = new TemporaryFolder();
        var run = await ConsoleRun.OfAsync("train", "--method", method, option, value, "--data-dir", folder.Path);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{option} decides what steps are paid, and method '{method}' does not read that. Leave it out, or choose a method that does: archer, steptool.", run.Errors, StringComparison.Ordinal);
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
