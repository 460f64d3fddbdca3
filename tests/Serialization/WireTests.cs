using System.Text.Json;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Serialization;
using StepTool.Core.Storage;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Grains.Hosting;
using StepTool.Grains.Tasks;
using StepTool.Tests.Architecture;
using Xunit;

namespace StepTool.Tests.Serialization;

[Trait("Kind", "Unit")]
public sealed class WireTests
{
    public static TheoryData<bool> Fillings => [true, false];

    [Theory]
    [MemberData(nameof(Fillings))]
    public void Messages_ThereAndBack_AreTheSameText(bool isFull) => Assert.All(ContractTypes.Messages, type => RoundTrips(type, isFull, Wire.Messages));

    [Theory]
    [MemberData(nameof(Fillings))]
    public void States_ThereAndBack_AreTheSameText(bool isFull) => Assert.All(ContractTypes.States, type => RoundTrips(type, isFull, Wire.State));

    [Theory]
    [InlineData(typeof(ToolReply), 3)]
    [InlineData(typeof(AgentAction), 2)]
    [InlineData(typeof(RunStage), 2)]
    [InlineData(typeof(ApiBinding), 3)]
    public void ClosedChoices_ThereAndBack_KeepTheirCase(Type choice, int count)
    {
        var cases = choice.Assembly.GetTypes().Where(type => type.BaseType == choice).ToArray();
        Assert.Equal(count, cases.Length);
        Assert.All(cases, one =>
        {
            var text = JsonSerializer.Serialize(new Filler(isFull: true).Make(one, false), Form(choice));
            Assert.IsType(one, JsonSerializer.Deserialize(text, Form(choice)));
        });
    }

    [Fact]
    public void Values_EqualToDefaultsOfParameters_AreKept()
    {
        var rollout = new Filler(isFull: true).Make<RolloutSpec>() with { TrainingOrdinal = 0 };
        Assert.Equal(0, Back(rollout).TrainingOrdinal);
        Assert.Equal(-1, Back(rollout with { TrainingOrdinal = -1 }).TrainingOrdinal);
        var decision = new Decision(new Finish(), 0, Version: 0, Candidate: 0);
        Assert.Equal(decision, Back(decision));
        Assert.Equal(decision with { Version = null, Candidate = -1 }, Back(decision with { Version = null, Candidate = -1 }));
    }

    [Fact]
    public void Episode_EqualOnes_HaveEqualBytesAndComeBack()
    {
        var episode = new Filler(isFull: true).Make<Episode>();
        var bytes = EpisodeCodec.Encode(episode);
        Assert.Equal(bytes, EpisodeCodec.Encode(EpisodeCodec.Decode(bytes)));
        Assert.Throws<StorageException>(() => EpisodeCodec.Decode(bytes.AsMemory(0, bytes.Length / 2)));
    }

    [Theory]
    [InlineData("\"a/b\"", typeof(ApiKey))]
    [InlineData("\"run\"", typeof(EpisodeId))]
    public void Keys_OfAnotherForm_AreRefused(string json, Type type) => Assert.ThrowsAny<Exception>(() => JsonSerializer.Deserialize(json, Wire.Messages.GetTypeInfo(type)));

    [Fact]
    public void Answer_StoredBeforeRealCalls_IsReadAndWrittenAsItWas()
    {
        const string Old = """{"reply":"answer","status":"Ok","error":"","response":"{}","provenance":"Recorded"}""";
        var answer = (ToolAnswer)JsonSerializer.Deserialize(Old, CoreJson.Default.Of<ToolReply>())!;
        Assert.Equal(new ToolAnswer(ToolStatus.Ok, "", "{}", Provenance.Recorded), answer);
        Assert.Equal(Old, JsonSerializer.Serialize(answer, CoreJson.Default.Of<ToolReply>()));
    }

    [Fact]
    public void Step_WithoutARealCall_SaysNothingOfOne() =>
        Assert.DoesNotContain("\"real\"", JsonSerializer.Serialize(new Episode { Id = new EpisodeId("run", 0), World = "w", Task = new Filler(isFull: false).Make<AgentTask>(), Steps = [new Step { Decision = new Decision(new Finish(), 0) }] }, CoreJson.Default.Of<Episode>()), StringComparison.Ordinal);

    [Fact]
    public void Rollout_OfAPlanBeforeModes_AnswersFromTheRecord()
    {
        var plan = JsonSerializer.Deserialize("""{"run":"r","world":"built-in:1"}""", CoreJson.Default.Of<RunPlan>())!;
        Assert.Equal(ToolMode.Recorded, plan.Tools);
        Assert.False(plan.Tools.IsLive);
    }

    private static System.Text.Json.Serialization.Metadata.JsonTypeInfo Form(Type type) =>
        type.Namespace == typeof(ApiBinding).Namespace ? RecordForms.Options(CoreJson.Default).GetTypeInfo(type) : Wire.Messages.GetTypeInfo(type);

    private static T Back<T>(T value) => (T)JsonSerializer.Deserialize(JsonSerializer.Serialize(value, Wire.Messages.GetTypeInfo(typeof(T))), Wire.Messages.GetTypeInfo(typeof(T)))!;

    private static void RoundTrips(Type type, bool isFull, JsonSerializerOptions options)
    {
        var text = JsonSerializer.Serialize(new Filler(isFull).Make(type, false), options.GetTypeInfo(type));
        Assert.Equal(text, JsonSerializer.Serialize(JsonSerializer.Deserialize(text, options.GetTypeInfo(type)), options.GetTypeInfo(type)));
    }
}
