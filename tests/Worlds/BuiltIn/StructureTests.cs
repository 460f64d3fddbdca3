using StepTool.Core.Episodes;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using Xunit;

namespace StepTool.Tests.Worlds.BuiltIn;

[Trait("Kind", "Property")]
public sealed class StructureTests
{
    private static readonly BuiltInWorld World = Play.World;
    private static readonly AgentTask[] Test = Play.Tasks(World, Split.Test);

    [Fact]
    public void Tasks_Any_HaveElevenToThirteenApisAndThreeSpareTurns() => Assert.All(World.Tasks, task =>
    {
        Assert.InRange(task.Offered.Length, 11, 13);
        Assert.Equal(task.Offered.Length, task.Offered.Distinct().Count());
        Assert.Equal(World.Labels(task).Depth + 3, task.MaxTurns);
        Assert.Equal(World.Labels(task).Depth, World.Known(task).Truth.Chain.Length);
    });

    [Fact]
    public void Observations_OfTheChain_HoldTwoIdentifiersOfOneTypeInFewScalars() => Assert.All(Test, task =>
    {
        foreach (var step in Play.Episode(World, task, World.Oracle).Steps.Where(step => step.Success))
        {
            var values = ObservationReader.Read(step.Observation);
            Assert.InRange(values.Count, 5, 9);
            Assert.Contains(Identifiers(values).GroupBy(id => id[..3]), type => type.Distinct().Count() >= 2);
        }
    });

    [Fact]
    public void Chain_NextIdentifier_StandsInTheAnswerBefore() => Assert.All(Test, task =>
    {
        var steps = Play.Episode(World, task, World.Oracle).Steps.Where(step => step.Success && step.Call is not null).ToArray();
        for (var step = 1; step < steps.Length; step++)
        {
            Assert.Contains(World.Known(task).Truth.Chain[step].Id, Identifiers(ObservationReader.Read(steps[step - 1].Observation)));
        }
    });

    [Fact]
    public void Twin_OfEveryStep_IsOfferedAndAnswersOtherwise()
    {
        foreach (var (task, call) in Test.SelectMany(task => World.Known(task).Truth.Chain.Select(call => (task, call))))
        {
            var twin = task.Offered.Select(World.Known).Single(api => api.Suite == call.Api.Suite && api.Slot == call.Api.Slot.Twin);
            var answer = World.Answer(Call(twin, call.Id), 1);
            Assert.NotEqual(World.Answer(Call(call.Mirror ?? call.Api, call.Id), 1).Response, answer.Response);
            Assert.Equal(References(call.Api), References(twin));
            Assert.Equal(call.Api.Parameter, twin.Parameter);
            var expected = call.Api.Slot.Kind == SlotKind.Attributes ? World.Known(task).RequestedField : twin.Parameter;
            Assert.Contains(expected, twin.Fields.Select(field => field.Name));
        }
    }

    [Fact]
    public void DeadEnd_OfLongChains_SucceedsAndThenFindsNothing()
    {
        foreach (var task in Test.Where(task => World.Labels(task).Depth > 1))
        {
            var (first, last) = (World.Known(task).Truth.Chain[0], World.Known(task).Truth.Chain[^1].Api);
            var deadEnds = task.Offered.Select(World.Known).Where(api => api.Slot.Kind == SlotKind.DeadEnd).ToArray();
            Assert.Equal(2, deadEnds.Length);
            Assert.Contains(deadEnds, api => World.Answer(Call(api, first.Id), 0).Status == ToolStatus.Ok);
            var found = deadEnds.SelectMany(api => Found(api, first.Id, last.Prefix));
            Assert.All(found, id => Assert.NotEqual("", World.Answer(Call(last, id), 1).Error));
        }
    }

    [Fact]
    public void DeadEnd_BeforeAHop_EndsTwoCallsLater()
    {
        var followed = 0;
        foreach (var task in Test.Where(task => World.Labels(task).Depth >= 3))
        {
            var chain = World.Known(task).Truth.Chain;
            var deadEnd = task.Offered.Select(World.Known).First(api => api.Slot.Kind == SlotKind.DeadEnd);
            foreach (var next in Found(deadEnd, chain[0].Id, chain[1].Api.Prefix).SelectMany(id => Found(chain[1].Api, id, chain[2].Api.Prefix)))
            {
                followed++;
                Assert.NotEqual("", World.Answer(Call(chain[2].Api, next), 1).Error);
            }
        }

        Assert.True(followed > 100);
    }

    [Fact]
    public void FinalAnswer_OfEveryOracleEpisode_FitsItsLimit() => Assert.All(
        Test, task => Assert.InRange(Play.Episode(World, task, World.Oracle).FinalAnswer.Length, 1, 511));

    [Fact]
    public void Documentation_OfEveryApi_FitsTheObservedLengthAndNamesWhatItTakes() => Assert.All(World.Apis, key =>
    {
        Assert.True(World.TryDescribe(key, out var documentation));
        Assert.InRange(documentation.Description.Length, 40, 256);
        Assert.InRange(key.FunctionName.Length, 1, 64);
        Assert.False(documentation.Mutates);
        Assert.True(documentation.Parameters[0].Required);
    });

    private static IEnumerable<string> References(GeneratedApi api) =>
        api.Fields.OfType<ReferenceField>().Select(field => $"{field.Prefix} {field.Side}").Order();

    private static IEnumerable<string> Found(GeneratedApi api, string id, string prefix) =>
        Identifiers(ObservationReader.Read(World.Answer(Call(api, id), 1).Response))
            .Where(found => found.StartsWith(prefix, StringComparison.Ordinal));

    private static string[] Identifiers(List<ObservedValue> values) => [.. values.Select(value => value.Value).Where(Play.IsIdentifier)];

    private static ToolCall Call(GeneratedApi api, string id) => new(api.Key, $$"""{"{{api.Parameter}}":"{{id}}"}""");
}
