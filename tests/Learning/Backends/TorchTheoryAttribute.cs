using StepTool.Learning.Backends;
using Xunit;

namespace StepTool.Tests.Learning.Backends;

/// <summary>A test that needs Torch, skipped with the reason where this build or this machine lacks it.</summary>
public sealed class TorchTheoryAttribute : TheoryAttribute
{
    public TorchTheoryAttribute() => Skip = LearnerBackends.Obstacle(LearnerBackends.TorchCpu);
}
