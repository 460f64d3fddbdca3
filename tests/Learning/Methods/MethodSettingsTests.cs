using StepTool.Core.Rewards;
using StepTool.Core.Runs;
using StepTool.Learning.Methods;
using Xunit;

namespace StepTool.Tests.Learning.Methods;

[Trait("Kind", "Unit")]
public sealed class MethodSettingsTests
{
    private static readonly TrainingSettings Everything = new()
    {
        LearningRate = 0.01,
        Epochs = 2,
        MiniBatch = 64,
        Hidden = 16,
        Entropy = 0.1,
        Kl = 0.2,
        Gamma = 0.9,
        Lambda = 0.8,
        Credit = new CreditRule { Clock = CreditClock.Token },
    };

    [Theory]
    [InlineData("sft", MethodSettings.None)]
    [InlineData("rft", MethodSettings.None)]
    [InlineData("eto", MethodSettings.None)]
    [InlineData("archer", MethodSettings.Entropy | MethodSettings.Kl | MethodSettings.Gamma)]
    [InlineData("ppo", MethodSettings.All)]
    [InlineData("steptool", MethodSettings.All)]
    public void OnlyRead_EverySetting_KeepsWhatTheMethodReads(string method, MethodSettings reads)
    {
        var kept = TrainingMethods.OnlyRead(Everything with { Method = method });

        TrainingMethods.Check(kept);
        Assert.Equal(reads.HasFlag(MethodSettings.Entropy) ? 0.1 : null, kept.Entropy);
        Assert.Equal(reads.HasFlag(MethodSettings.Kl) ? 0.2 : null, kept.Kl);
        Assert.Equal(reads.HasFlag(MethodSettings.Gamma) ? 0.9 : null, kept.Gamma);
        Assert.Equal(reads.HasFlag(MethodSettings.Lambda) ? 0.8 : null, kept.Lambda);
        Assert.Equal(reads.HasFlag(MethodSettings.Credit) ? CreditClock.Token : CreditClock.Turn, kept.Credit.Clock);
        Assert.Equal((0.01, 2, 64, 16), (kept.LearningRate, kept.Epochs, kept.MiniBatch, kept.Hidden));
    }

    [Fact]
    public void Check_LambdaOfArcher_NamesItAndWhoReadsIt() => Refuses(
        new TrainingSettings { Method = "archer", Lambda = 0.5 },
        "Setting 'Lambda' is 0.5, but method 'archer' does not read it. Leave it out, or choose a method that does: ppo, steptool.");

    [Fact]
    public void Check_CreditOfRft_NamesItAndWhoReadsIt() => Refuses(
        new TrainingSettings { Method = "rft", Credit = new CreditRule { Weighting = CreditWeighting.Released } },
        "Setting 'Credit' is Released, Turn, Kept, but method 'rft' does not read it.");

    [Fact]
    public void Check_UnknownMethod_ListsTheKnownOnes() => Refuses(new TrainingSettings { Method = "grpo" }, "Method 'grpo' is not known. Choose one of sft, rft, ppo, eto, archer, steptool.");

    private static void Refuses(TrainingSettings settings, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => TrainingMethods.Check(settings)).Message, StringComparison.Ordinal);
}
