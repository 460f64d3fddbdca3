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
            Assert.NotEqual(World.Answer(Call(call.Api, call.Id), 1).Response, answer.Response);
            Assert.Equal(References(call.Api), References(twin));
            Assert.Equal(call.Api.Parameter, twin.Parameter);
            Assert.Contains(call.Api.Slot.Kind == SlotKind.Attributes ? World.Known(task).RequestedField : twin.Parameter, twin.Fields.Select(field => field.Name));
        }
    }

    [Fact]
    public void DeadEnd_OfLongChains_SucceedsAndThenFindsNothing()
    {
        foreach (var task in Test.Where(task => World.Labels(task).Depth > 1))
        {
            var apis = task.Offered.Select(World.Known).ToArray();
            var deadEnds = apis.Where(api => api.Slot.Kind == SlotKind.DeadEnd && api.Slot.Link == World.Known(task).Truth.Chain[0].Api.Slot.Link).ToArray();
            Assert.Equal(2, deadEnds.Length);
            var answers = deadEnds.Select(api => World.Answer(Call(api, World.Known(task).Truth.Chain[0].Id), 1)).Where(answer => answer.Error.Length == 0);
            var last = World.Known(task).Truth.Chain[^1].Api;
            foreach (var id in answers.SelectMany(answer => Identifiers(ObservationReader.Read(answer.Response))).Where(id => id.StartsWith(last.Prefix, StringComparison.Ordinal)))
            {
                Assert.Equal("", World.Answer(Call(last, id), 1).Response);
            }
        }
    }

    [Fact]
    public void DeadEnd_BeforeAHop_EndsTwoCallsLater()
    {
        var shortcuts = Test.Where(task => World.Labels(task).Depth >= 3).Select(task => (Task: task, DeadEnd: task.Offered.Select(World.Known).First(api => api.Slot.Kind == SlotKind.DeadEnd)))
            .Where(pair => pair.DeadEnd.Slot.Target == pair.DeadEnd.Slot.Link + 1).ToArray();
        var followed = 0;
        foreach (var (task, deadEnd) in shortcuts)
        {
            var chain = World.Known(task).Truth.Chain;
            foreach (var id in Identifiers(ObservationReader.Read(World.Answer(Call(deadEnd, chain[0].Id), 1).Response)).Where(id => id.StartsWith(chain[1].Api.Prefix, StringComparison.Ordinal)))
            {
                foreach (var next in Identifiers(ObservationReader.Read(World.Answer(Call(chain[1].Api, id), 1).Response)).Where(next => next.StartsWith(chain[2].Api.Prefix, StringComparison.Ordinal)))
                {
                    followed++;
                    Assert.NotEqual("", World.Answer(Call(chain[2].Api, next), 1).Error);
                }
            }
        }

        Assert.True(followed > shortcuts.Length);
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

    private static IEnumerable<string> References(GeneratedApi api) => api.Fields.OfType<ReferenceField>().Select(field => $"{field.Prefix} {field.Side}").Order();

    private static string[] Identifiers(List<ObservedValue> values) => [.. values.Select(value => value.Value).Where(Play.IsIdentifier)];

    private static ToolCall Call(GeneratedApi api, string id) => new(api.Key, $$"""{"{{api.Parameter}}":"{{id}}"}""");
}
