using StepTool.Core.Episodes;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using Xunit;
using Xunit.Abstractions;

namespace StepTool.Tests.Worlds.BuiltIn;

/// <summary>No detail of how the world is made tells right from wrong.</summary>
[Trait("Kind", "Property")]
public sealed class LeakTests(ITestOutputHelper output)
{
    private const double TwinBound = 0.02;
    private const double OfferBound = 0.05;
    private static readonly BuiltInWorld World = Play.World;

    private static readonly Dictionary<ApiKey, int> Order = World.Apis.Index().ToDictionary(pair => pair.Item, pair => pair.Index);

    private static readonly Dictionary<string, Func<GeneratedApi, double>> Features = new()
    {
        ["description length"] = api => api.Documentation.Description.Length,
        ["name length"] = api => api.Documentation.ApiName.Length,
        ["tool description length"] = api => api.Documentation.ToolDescription.Length,
        ["parameters"] = api => api.Documentation.Parameters.Length,
        ["fields"] = api => api.Fields.Length,
        ["strictness"] = api => api.IsStrict ? 1 : 0,
        ["key order"] = api => Order[api.Key],
        ["side"] = api => api.Slot.Side,
    };

    public static TheoryData<string> FeatureNames => [.. Features.Keys];

    [Theory]
    [MemberData(nameof(FeatureNames))]
    public void Feature_RightAgainstTwin_SeparatesNoBetterThanChance(string name)
    {
        var area = Area(name, (task, right) => [Twin(task, right)]);
        output.WriteLine($"{name}: {area:F3}");
        Assert.InRange(area, 0.5 - TwinBound, 0.5 + TwinBound);
    }

    [Theory]
    [MemberData(nameof(FeatureNames))]
    public void Feature_RightAgainstAllOffered_SeparatesLittle(string name)
    {
        var area = Area(name, (task, right) => task.Offered.Select(World.Known).Where(api => api != right));
        output.WriteLine($"{name}: {area:F3}");
        Assert.InRange(area, 0.5 - OfferBound, 0.5 + OfferBound);
    }

    [Fact]
    public void Position_OfTheRightApi_IsUniform()
    {
        foreach (var offers in World.Tasks.GroupBy(task => task.Offered.Length))
        {
            var counts = new double[offers.Key];
            foreach (var task in offers)
            {
                counts[task.Offered.IndexOf(World.Known(task).Truth.Chain[0].Api.Key)]++;
            }

            // 0.999 quantiles of chi-square for 10 to 12 degrees of freedom lie between 29.6 and 32.9.
            var expected = counts.Sum() / counts.Length;
            var chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
            output.WriteLine($"{offers.Key} offered, {offers.Count()} tasks: chi-square {chiSquare:F1}");
            Assert.True(chiSquare < 29.6);
        }
    }

    [Fact]
    public void Position_OfTheRightReference_IsFirstHalfOfTheTime()
    {
        var firsts = World.Tasks.SelectMany(task => World.Known(task).Truth.Chain.Zip(World.Known(task).Truth.Chain.Skip(1)))
            .Select(pair => (Fields: ObservationReader.Read(World.Answer(Call(pair.First), 1).Response), pair.Second.Id))
            .Where(answer => answer.Fields.Count > 0) // an API that is gone answers nothing
            .Select(answer => answer.Fields.First(field => field.Value.StartsWith(answer.Id[..4], StringComparison.Ordinal)).Value == answer.Id)
            .ToArray();
        var share = (double)firsts.Count(isFirst => isFirst) / firsts.Length;
        output.WriteLine($"{share:P1} of {firsts.Length}");
        Assert.InRange(share, 0.47, 0.53);
    }

    [Fact]
    public void EveryOfferedStep_HasATwinWhetherRightOrWrong()
    {
        var wrong = World.Tasks.SelectMany(task => task.Offered
            .Where(key => !World.Known(task).Truth.Chain.Any(call => call.IsServedBy(key)))
            .Select(key => task.Offered.Any(other => IsTwin(World.Known(other), World.Known(key))))).ToArray();
        var share = (double)wrong.Count(hasTwin => hasTwin) / wrong.Length;
        output.WriteLine($"{share:P1} of wrong APIs have a twin on offer; all right ones do");
        Assert.True(share > 0.9);
    }

    [Fact]
    public void Faults_OffTheChain_AreAsCommonAsOnIt()
    {
        var calls = World.Tasks
            .SelectMany(task => World.Known(task).Truth.Chain.Select(call => (Call: call, Twin: Twin(task, call.Api)))).ToArray();
        var on = calls.Select(pair => World.Answer(Call(pair.Call), 0).Status).ToArray();
        var off = calls.Select(pair => World.Answer(Call(pair.Call with { Api = pair.Twin }), 0).Status).ToArray();
        double Share(ToolStatus[] answers) => answers.Average(status => status is ToolStatus.Ok or ToolStatus.NotFound ? 0.0 : 1.0);
        output.WriteLine($"on {Share(on):P1}, off {Share(off):P1}");
        Assert.Equal(Share(on), Share(off), 0.015);
    }

    [Fact]
    public void Provenance_AnyAnswer_IsTheWorld() => Assert.All(
        Play.Tasks(World, Split.Test).SelectMany(task => World.Known(task).Truth.Chain),
        call => Assert.All(Enumerable.Range(0, 2), attempt => Assert.Equal(Provenance.World, World.Answer(Call(call), attempt).Provenance)));

    private static double Area(string name, Func<AgentTask, GeneratedApi, IEnumerable<GeneratedApi>> others)
    {
        var feature = Features[name];
        var (sum, count) = (0.0, 0);
        foreach (var task in World.Tasks)
        {
            foreach (var right in World.Known(task).Truth.Chain.Select(call => call.Api))
            {
                foreach (var other in others(task, right))
                {
                    sum += (Math.Sign(feature(right) - feature(other)) + 1) / 2.0;
                    count++;
                }
            }
        }

        return sum / count;
    }

    private static bool IsTwin(GeneratedApi one, GeneratedApi other) =>
        one.Suite == other.Suite && one.Slot with { IsMirror = false } == other.Slot.Twin with { IsMirror = false };

    private static GeneratedApi Twin(AgentTask task, GeneratedApi api) =>
        task.Offered.Select(World.Known).First(other => IsTwin(other, api) && !other.Slot.IsMirror);

    private static ToolCall Call(ChainCall call) => new(call.Api.Key, $$"""{"{{call.Api.Parameter}}":"{{call.Id}}"}""");
}
