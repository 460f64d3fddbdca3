using StepTool.Grains.Training;
using StepTool.Learning.Backends;
using Xunit;

namespace StepTool.Tests.Grains;

[Trait("Kind", "Unit")]
public sealed class TrainingOptionsValidatorTests
{
    [Theory]
    [InlineData("auto")]
    [InlineData("managed")]
    public void Validate_BackendOfEveryBuild_Succeeds(string backend) =>
        Assert.True(new TrainingOptionsValidator().Validate(null, new TrainingOptions { Backend = backend }).Succeeded);

    [Fact]
    public void Validate_LogOutOfRange_NamesKeyValueRuleAndRemedy() => Assert.Equal(
        ["StepTool:Training:MaxLogged is 0; it must be from 1 to 1000000. Use 16384, and the same on every silo of a cluster."],
        new TrainingOptionsValidator().Validate(null, new TrainingOptions { MaxLogged = 0 }).Failures);

    [Fact]
    public void Validate_UnknownBackend_NamesKeyValueRuleAndRemedy() => Assert.Equal(
        ["StepTool:Training:Backend is fast; it must be auto, managed, torch-cpu or torch-cuda. Use auto."],
        new TrainingOptionsValidator().Validate(null, new TrainingOptions { Backend = "fast" }).Failures);

    [Fact]
    public void Validate_TorchBackends_FailOnlyWhereTheyCannotBeUsedAndSayWhy()
    {
        foreach (var backend in (string[])[LearnerBackends.TorchCpu, LearnerBackends.TorchCuda])
        {
            var result = new TrainingOptionsValidator().Validate(null, new TrainingOptions { Backend = backend });
            var obstacle = LearnerBackends.Obstacle(backend);

            Assert.Equal(obstacle is null, result.Succeeded);
            Assert.Equal(obstacle is null ? null : $"StepTool:Training:Backend is {backend}; it must be a backend that this silo can use, but {obstacle}", result.FailureMessage);
            Assert.True(obstacle is null || obstacle.EndsWith("or use managed.", StringComparison.Ordinal), obstacle);
        }
    }
}
