using System.Collections.Immutable;
using System.Text.Json;
using StepTool.Core.Episodes;
using StepTool.Core.Judging;
using StepTool.Core.Serialization;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Catalogues;
using Xunit;

namespace StepTool.Tests.Worlds.Catalogues;

[Trait("Kind", "Unit")]
public sealed class CatalogueWorldTests
{
    private static readonly ApiKey Daily = new("weather", "sky", "daily");
    private static readonly ApiKey Order = new("food", "pantry", "order");

    private static readonly ApiDefinition Forecast = new(
        new ApiDocumentation { Key = Daily, ToolName = "Sky", ApiName = "Daily", Parameters = [new("city", ParameterType.Text, true, "", null, [])] },
        """{"sky":"str"}""",
        [new RecordedAnswer("""{"city":"Oslo"}""", "", "rain"), new RecordedAnswer("""{"city":"Rome"}""", "Too many requests", "")])
    {
        Binding = new HttpBinding("GET", "https://sky.example", "/daily/{city}")
        {
            Parameters = [new HttpParameter("city", "city", ParameterPlace.Path)],
            Headers = ImmutableSortedDictionary<string, string>.Empty.Add("Accept", "application/json"),
            Security = [new SecurityRequirement([new SecurityScheme("sky_key", SecurityKind.ApiKey, ParameterPlace.Query, "key")]), new SecurityRequirement([])],
        },
        InputSchema = """{"type":"object","required":["city"]}""",
        ResponseSchema = """{"type":"string"}""",
    };

    private static readonly ApiDefinition Ordering =
        new(new ApiDocumentation { Key = Order, ToolName = "Pantry", ApiName = "Order", Method = "POST", IsSafe = true }, null, []) { Binding = new McpBinding("pantry", "order") };

    private readonly IWorld _world = CatalogueWorld.Load(CatalogueWriter.Pack([Forecast, Ordering]));

    [Fact]
    public void Define_PackedApi_IsAsItWas() => Assert.All(new[] { Forecast, Ordering }, api =>
    {
        Assert.True(_world.TryDefine(api.Documentation.Key, out var back));
        Assert.Equal(Text(api), Text(back));
        Assert.True(_world.TryDescribe(api.Documentation.Key, out var documentation));
        Assert.Equal(api.Documentation.IsSafe, documentation.IsSafe);
    });

    [Fact]
    public void Apis_AreOrderedByKey() => Assert.Equal([Order, Daily], _world.Apis);

    [Theory]
    [InlineData("""{"city":"Oslo"}""", ToolStatus.Ok, Provenance.Recorded)]
    [InlineData("""{"city":"Rome"}""", ToolStatus.TooManyRequests, Provenance.Recorded)]
    [InlineData("""{"city":"Oslo West"}""", ToolStatus.Ok, Provenance.SimulatedNearest)]
    [InlineData("{}", ToolStatus.BadInput, Provenance.World)]
    public void Answer_ComesFromTheRecordElseIsMarked(string arguments, ToolStatus status, Provenance provenance)
    {
        var answer = _world.Answer(new ToolCall(Daily, arguments), 0);
        Assert.Equal((status, provenance), (answer.Status, answer.Provenance));
    }

    [Fact]
    public void Refuse_OnlyWhatMayNotBeCalled()
    {
        Assert.Null(_world.Refuse(new ToolCall(Daily, """{"city":"Rome"}""")));
        Assert.Equal(ToolStatus.BadInput, _world.Refuse(new ToolCall(Daily, "{}"))!.Status);
        Assert.Equal(ToolStatus.UnknownApi, _world.Refuse(new ToolCall(new ApiKey("a", "b", "c"), "{}"))!.Status);
    }

    [Fact]
    public void Describe_UnknownApi_IsFalse()
    {
        Assert.False(_world.TryDescribe(new ApiKey("a", "b", "c"), out _));
        Assert.False(_world.TryDefine(new ApiKey("a", "b", "c"), out _));
        Assert.Equal(ToolStatus.UnknownApi, _world.Answer(new ToolCall(new ApiKey("a", "b", "c"), "{}"), 0).Status);
    }

    [Fact]
    public void Judge_TaskOfAUser_IsUnsureOfWhateverWasAnswered()
    {
        var episode = new Episode
        {
            Id = new EpisodeId("run", 0),
            World = _world.Id,
            Task = new AgentTask { Id = "mine", Query = "?", Offered = [Daily], MaxTurns = 3 },
            Status = EpisodeStatus.Finished,
            FinalAnswer = "rain",
        };
        Assert.Equal(Verdict.Unsure, _world.Judge.Judge(episode).Verdict);
        Assert.Equal(Verdict.Unsolved, _world.Judge.Judge(episode with { FinalAnswer = "" }).Verdict);
        Assert.Equal(Split.None, _world.Labels(episode.Task).Split);
    }

    [Fact]
    public void Pack_AnyOrder_GivesEqualBytes() =>
        Assert.Equal(CatalogueWriter.Pack([Forecast, Ordering]).ToArray(), CatalogueWriter.Pack([Ordering, Forecast]).ToArray());

    [Fact]
    public void Pack_SameKeyTwice_IsRefused() =>
        Assert.Contains("weather/sky/daily", Assert.Throws<ArgumentException>(() => CatalogueWriter.Pack([Forecast, Forecast])).Message, StringComparison.Ordinal);

    [Fact]
    public void Pack_Nothing_SaysSo() => Assert.Throws<CatalogueException>(() => CatalogueWriter.Pack([]));

    [Fact]
    public void Load_AnyByteLost_IsRefusedOrReadsOn()
    {
        var content = CatalogueWriter.Pack([Forecast, Ordering]).ToArray();
        for (var length = 0; length < content.Length; length++)
        {
            Assert.Throws<CatalogueException>(() => CatalogueWorld.Load(content.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Load_DetailDamaged_IsSaidWhenItIsUsed()
    {
        var content = CatalogueWriter.Pack([Forecast]).ToArray();
        content.AsSpan(CatalogueWriter.Magic.Length, 40).Fill(0xFF);
        var world = CatalogueWorld.Load(content);
        Assert.Throws<CatalogueException>(() => world.Answer(new ToolCall(Daily, "{}"), 0));
    }

    [Fact]
    public void Parse_Reference_ThereAndBack()
    {
        var text = "catalogue:" + new string('a', 64);
        Assert.Equal(text, Assert.IsType<CatalogueReference>(WorldReference.Parse(text)).ToString());
        Assert.Throws<ArgumentException>(() => WorldReference.Parse("catalogue:abc"));
    }

    private static string Text(ApiDefinition api) => JsonSerializer.Serialize(api, CoreJson.Default.Of<ApiDefinition>());
}
