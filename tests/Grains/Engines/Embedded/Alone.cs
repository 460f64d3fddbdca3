using Xunit;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <summary>Tests that have the process to themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
