using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Learning.Learner;
using StepTool.Silo.Storage;
using Xunit;

namespace StepTool.Tests.Architecture;

[Trait("Kind", "Unit")]
public sealed class DependencyTests
{
    private static readonly Assembly Core = typeof(Episode).Assembly;
    private static readonly Assembly Learning = typeof(PolicyLearner).Assembly;
    private static readonly Assembly Grains = typeof(IRunGrain).Assembly;
    private static readonly Assembly Silo = typeof(MemoryBlobStore).Assembly;

    [Fact]
    public void References_PointOneWay()
    {
        Assert.Empty(House(Core));
        Assert.Equal(["StepTool.Core"], House(Learning));
        Assert.Empty(House(Grains).Except(["StepTool.Core", "StepTool.Learning", "StepTool.Embedded"]));
        Assert.Empty(House(Silo).Except(["StepTool.Core", "StepTool.Learning", "StepTool.Embedded", "StepTool.Grains"]));
    }

    [Fact]
    public void CoreAndLearning_NameNoTypeOfOrleans()
    {
        Assert.Empty(TypesOfOrleans(Core));
        Assert.Empty(TypesOfOrleans(Learning));
        Assert.NotEmpty(TypesOfOrleans(Grains)); // what is looked for can be found
    }

    [Theory]
    [InlineData("StepTool.Core.Features")]
    [InlineData("StepTool.Core.Candidates")]
    [InlineData("StepTool.Core.Rewards")]
    public void FeaturesCandidatesAndRewards_CannotReachTheTruth(string part)
    {
        var leaks = IlWalk.Reach(Core, type => IsIn(type, part)).Where(reference => IsTruth(reference.Key))
            .Select(reference => $"{reference.Value.DeclaringType}.{reference.Value.Name} refers to {reference.Key.DeclaringType}.{reference.Key.Name}");
        Assert.Empty(leaks);
    }

    [Fact]
    public void EpisodeEngine_ReachesTheJudge_SoThatTheWalkSeesIt() =>
        Assert.Contains(IlWalk.Reach(Core, type => type == typeof(EpisodeEngine)).Keys, member => member.Name == "get_Judge" && member.DeclaringType == typeof(IWorld));

    [Fact]
    public void CandidatePolicy_ReachesNoWorld()
    {
        var reached = IlWalk.Reach(Learning, type => type.Name is "CandidatePolicy" or "FeatureBuffers").Keys;
        Assert.DoesNotContain(reached, member => (member as Type ?? member.DeclaringType)?.Namespace?.StartsWith("StepTool.Core.Worlds", StringComparison.Ordinal) is true);
    }

    // What a task's truth is known by: judges, evaluation, the insides of worlds, and those members of a world that speak of it.
    private static bool IsTruth(MemberInfo member)
    {
        var type = member as Type ?? member.DeclaringType;
        return type is not null && type.Assembly == Core
            && ((IsIn(type, "StepTool.Core.Judging") && type != typeof(Verdict))
                || IsIn(type, "StepTool.Core.Evaluation")
                || IsIn(type, "StepTool.Core.Worlds.BuiltIn")
                || IsIn(type, "StepTool.Core.Worlds.Recorded")
                || (type == typeof(IWorld) && member.Name is not ("Supplies" or "TryDescribe")));
    }

    private static bool IsIn(Type type, string part) => type.Namespace == part || type.Namespace?.StartsWith(part + ".", StringComparison.Ordinal) is true;

    private static string[] House(Assembly assembly) =>
        [.. assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name.StartsWith("StepTool", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static string[] TypesOfOrleans(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(handle => metadata.GetTypeReference(handle))
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")
            .Where(name => name.StartsWith("Orleans.", StringComparison.Ordinal))];
    }
}
