using StepTool.Tests.Engines;
using Xunit;

namespace StepTool.Tests.Conformance;

/// <summary>A test that needs several silos, skipped with the reason where the engine has one.</summary>
public sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = EngineFixture.OneSilo;
}
