using StepTool.Silo.Cluster;
using Xunit;

namespace StepTool.Tests.Silo;

[Trait("Kind", "Unit")]
public sealed class ContractHashTests
{
    [Fact]
    public void Of_SameInterfacesInAnotherOrder_IsTheSame() =>
        Assert.Equal(ContractHash.Of([typeof(IOne), typeof(ITwo)]), ContractHash.Of([typeof(ITwo), typeof(IOne)]));

    [Fact]
    public void Of_OtherMethods_Differs() => Assert.NotEqual(ContractHash.Of([typeof(IOne)]), ContractHash.Of([typeof(ITwo)]));

    [Fact]
    public void Describe_RecordsBehindGenerics_AreSpelledOutWithMembersAndCases()
    {
        var text = ContractHash.Describe([typeof(IOne)]);

        Assert.Contains("Sides: System.Int32", text, StringComparison.Ordinal);
        Assert.Contains("case StepTool.Tests.Silo.ContractHashTests+Square", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_ThisBuild_CoversTheGrainsAndTheirRecords()
    {
        var text = ContractHash.Describe(GrainContracts.Assembly.GetExportedTypes().Where(type => type.IsInterface && type.Namespace == "StepTool.Grains.Contracts"));

        Assert.Equal(16, GrainContracts.Hash.Length);
        Assert.Contains("IRunGrain.StartAsync(StepTool.Core.Runs.RunPlan", text, StringComparison.Ordinal);
        Assert.Contains("case StepTool.Core.Runs.TrainStage", text, StringComparison.Ordinal);
        Assert.Contains("StepTool.Core.Runs.TrainingSettings {", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orleans", "abc", "runs the engine 'orleans'; this console was built for 'embedded'. Build the console with -p:Engine=Orleans, or start a silo of this engine.")]
    [InlineData("embedded", "xyz", "has contracts xyz (version 9.9.9); this console has abc. Run console and silo from the same build.")]
    public void Mismatch_OtherEngineOrContracts_IsRefusedWithTheRemedy(string engine, string contracts, string message) =>
        Assert.EndsWith(message, new ClusterDescription(engine, "9.9.9", contracts, "c", "s", false, []).Mismatch("embedded", "abc", "http://h/"), StringComparison.Ordinal);

    [Fact]
    public void Mismatch_SameBuild_IsNone() => Assert.Null(new ClusterDescription("embedded", "1", "abc", "c", "s", false, []).Mismatch("embedded", "abc", "http://h/"));

    internal interface IOne
    {
        Task<IReadOnlyList<Shape>> DrawAsync(int count);
    }

    internal interface ITwo
    {
        Task<IReadOnlyList<Shape>> DrawAsync(long count);
    }

    internal abstract record Shape;

    internal sealed record Square(int Sides) : Shape
    {
        public int Sides { get; set; } = Sides;
    }
}
