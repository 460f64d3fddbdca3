using StepTool.Core.Tools;
using StepTool.Core.Worlds.Recorded;
using Xunit;

namespace StepTool.Tests.Worlds.Recorded;

[Trait("Kind", "Unit")]
public sealed class RecordedAnswerTests : IDisposable
{
    private static readonly ApiKey Daily = new("weather", "sky", "daily");
    private static readonly ApiKey Moon = new("weather", "sky", "moon");
    private static readonly ApiKey Tide = new("weather", "sky", "tide");
    private readonly RecordedFolder _folder = new RecordedFolder()
        .Api("Weather", "sky", "daily", "Forecast", ["city", "maxDays?", "from?"])
        .Api("Weather", "sky", "moon", "Phases", ["year"], """{"phases": [{"name": "str", "day": "int", "full": "bool", "_list_length": 9}], "tags": ["list of str with length 2"], "note": "NoneType"}""")
        .Api("Weather", "sky", "tide", "Tides", ["port"])
        .Query("G1_tool", "1", "Weather?", "*Weather/sky/daily")
        .Answer("Weather/sky/daily", "{'city': 'Oslo', 'maxdays': 3}", "three days in Oslo")
        .Answer("Weather/sky/daily", "{'city': 'New York City'}", "a day in New York")
        .Answer("Weather/sky/daily", "{'city': 'Rome', 'is_from': '2024-01-01'}", "", "Too many requests");

    private readonly RecordedWorld _world;

    public RecordedAnswerTests() => _world = _folder.Load();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{\"city\":\"Oslo\",\"maxDays\":3}")]
    [InlineData("{\"maxdays\":\"3.0\",\"city\":\" Oslo \"}")]
    [InlineData("{ \"maxDays\": 3e0, \"city\": \"\\u004fslo\" }")]
    public void Answer_EqualArgumentsInAnyForm_IsRecorded(string arguments) =>
        Assert.Equal(new ToolAnswer(ToolStatus.Ok, "", "three days in Oslo", Provenance.Recorded), _world.Answer(new ToolCall(Daily, arguments), 0));

    [Fact]
    public void Answer_ParameterByItsPublishedName_IsRecorded()
    {
        var answer = _world.Answer(new ToolCall(Daily, "{\"city\":\"Rome\",\"from\":\"2024-01-01\"}"), 0);
        Assert.Equal(new ToolAnswer(ToolStatus.TooManyRequests, "Too many requests", "", Provenance.Recorded), answer);
    }

    [Fact]
    public void Answer_UnknownApi_IsAnError()
    {
        var answer = _world.Answer(new ToolCall(new ApiKey("weather", "sky", "hourly"), "{}"), 0);
        Assert.Equal((ToolStatus.UnknownApi, Provenance.World), (answer.Status, answer.Provenance));
        Assert.Contains("hourly_for_sky", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"city\":\"Oslo\",\"mood\":1}", "unexpected argument 'mood'; it takes city, maxDays, from")]
    [InlineData("{\"maxDays\":3}", "misses its required argument 'city'")]
    [InlineData("{\"city\":", "parse error at position 8")]
    [InlineData("[]", "expected an object")]
    public void Answer_BadArguments_SaysWhatIsWrong(string arguments, string expected)
    {
        var answer = _world.Answer(new ToolCall(Daily, arguments), 0);
        Assert.Equal((ToolStatus.BadInput, "", Provenance.World), (answer.Status, answer.Response, answer.Provenance));
        Assert.Contains(expected, answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"city\":\"oslo\",\"maxDays\":4}", "three days in Oslo")]
    [InlineData("{\"city\":\"York\"}", "a day in New York")]
    public void Answer_OtherArguments_GivesTheNearestAnswer(string arguments, string expected)
    {
        var answer = _world.Answer(new ToolCall(Daily, arguments), 0);
        Assert.Equal(new ToolAnswer(ToolStatus.Ok, "", expected, Provenance.SimulatedNearest), answer);
    }

    [Fact]
    public void Answer_NothingRecorded_FillsTheTemplate()
    {
        var answer = _world.Answer(new ToolCall(Moon, "{\"year\":2025}"), 0);
        Assert.Equal((ToolStatus.Ok, Provenance.SimulatedTemplate), (answer.Status, answer.Provenance));
        Assert.Matches("""^\{"phases":\[(\{"name":"name \w+ \d+","day":\d+,"full":(true|false)\},?){3}\],"tags":\["tags \w+ \d+","tags \w+ \d+"\],"note":null\}$""", answer.Response);
    }

    [Fact]
    public void Answer_NeitherRecordedNorTemplate_IsAnAcknowledgement()
    {
        var answer = _world.Answer(new ToolCall(Tide, "{\"port\":\"Bergen\"}"), 0);
        Assert.Equal((ToolStatus.Ok, Provenance.SimulatedTemplate), (answer.Status, answer.Provenance));
        Assert.StartsWith("{\"result\":", answer.Response, StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_ManyAtOnce_EqualsOneByOne()
    {
        var calls = Enumerable.Range(0, 400).Select(number => new ToolCall(number % 2 == 0 ? Daily : Moon, number % 2 == 0 ? $$"""{"city":"City {{number}}"}""" : $$"""{"year":{{number}}}""")).ToArray();
        var alone = calls.Select(call => _world.Answer(call, 0)).ToArray();
        Assert.Equal(alone, calls.AsParallel().AsOrdered().Select(call => _world.Answer(call, 1)).ToArray());
    }
}
