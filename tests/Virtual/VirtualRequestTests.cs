using System.Text;
using StepTool.Core.Virtual;
using Xunit;

namespace StepTool.Tests.Virtual;

/// <summary>Requests as StableToolBench's server reads them: each expectation was taken from that server.</summary>
[Trait("Kind", "Unit")]
public sealed class VirtualRequestTests
{
    private const string Missing = """{"detail":[{"loc":["body"],"msg":"field required","type":"value_error.missing"}]}""";
    private const string NoObject = """{"detail":[{"loc":["body"],"msg":"value is not a valid dict","type":"type_error.dict"}]}""";
    private const string Unreadable = """{"detail":"There was an error parsing the body"}""";
    private const string NoInput = """{"error":"Tool input parse error...\n","response":""}""";
    private readonly VirtualRequest _request = new();

    [Theory]
    [InlineData("Sports", "live_scores", "all_matches", "sports/live_scores/all_matches")]
    [InlineData("Sports", "Live Scores", "All Matches", "sports/live_scores/all_matches")]
    [InlineData("Sports", "live_scores_for_Sports", "all_matches", "sports/live_scores/all_matches")]
    [InlineData("News, Media", "a_for_News_Media", "b", "news_media/a/b")]
    [InlineData("Artificial_Intelligence_Machine_Learning", "TTSKraken", "List Languages", "artificial_intelligence_machine_learning/ttskraken/list_languages")]
    [InlineData("Sports", "live_scores", "all_matches_for_live_scores", "sports/live_scores/all_matches")]
    [InlineData("Sports", "Live Scores", "all_matches_for_live_scores", "sports/live_scores/all_matches")]
    [InlineData("Sports", "id", "2fa", "sports/is_id/get_2fa")]
    [InlineData("", "", "", "unnamed/unnamed/unnamed")]
    public void Read_Names_LeadToTheApi(string category, string tool, string api, string path)
    {
        Assert.Null(Read(Body(category, tool, api, "{}")));
        Assert.Equal(path, _request.Path.ToString());
    }

    [Fact]
    public void Read_ApiWhoseNameHoldsTheTools_IsKnownByBothNames()
    {
        Assert.Null(Read(Body("Travel", "hotels", "search_for_hotels_nearby", "{}")));
        Assert.Equal(("travel/hotels/search", "travel/hotels/search_for_hotels_nearby"), (_request.Path.ToString(), _request.WholePath.ToString()));
    }

    [Theory]
    [InlineData("\"{}\"", "{}", "{}")]
    [InlineData("\"\"", "{}", "{}")]
    [InlineData("{}", "{}", "{}")]
    [InlineData("[]", "{}", "{}")]
    [InlineData("""{"b": 1.50, "a": "x"}""", "{'b': 1.5, 'a': 'x'}", """{"b": 1.50, "a": "x"}""")]
    [InlineData("\"{\\\"b\\\": 1.50, \\\"a\\\": \\\"it's\\\"}\"", """{'b': 1.5, 'a': "it's"}""", """{"b": 1.50, "a": "it's"}""")]
    [InlineData("5", "5", "5")]
    [InlineData("1e30", "1e+30", "1e+30")]
    [InlineData("\"null\"", "None", "null")]
    [InlineData("\"[1]\"", "[1]", "[1]")]
    public void Read_Input_IsTextOrObject(string input, string text, string json)
    {
        Assert.Null(Read(Body("a", "b", "c", input, isJson: true)));
        Assert.Equal((text, json), (_request.Arguments.ToString(), _request.Json));
    }

    [Theory]
    [InlineData("\"x\"")]
    [InlineData("\" \"")]
    [InlineData("true")]
    [InlineData("1e400")]
    [InlineData("\"{'a': 1}\"")]
    [InlineData("\"{\\\"a\\\": 1}x\"")]
    public void Read_InputThatIsNoJson_IsAnsweredWithItsError(string input) => Equal(200, NoInput, Read(Body("a", "b", "c", input, isJson: true)));

    [Theory]
    [InlineData("", 422, Missing)]
    [InlineData("null", 422, Missing)]
    [InlineData("5", 422, NoObject)]
    [InlineData("\"ab\"", 422, NoObject)]
    [InlineData("[1]", 422, NoObject)]
    [InlineData("""{"category":""", 422, """{"detail":[{"type":"json_invalid","loc":["body",12],"msg":"JSON decode error","input":{},"ctx":{"error":"Expecting value"}}]}""")]
    [InlineData("""{"a":"\x"}""", 422, """{"detail":[{"type":"json_invalid","loc":["body",6],"msg":"JSON decode error","input":{},"ctx":{"error":"Invalid \\escape"}}]}""")]
    [InlineData("""{"category":null,"tool_name":[],"api_name":{},"tool_input":[1],"strip":true,"toolbench_key":1.5}""", 422,
        """{"detail":[{"loc":["body","category"],"msg":"none is not an allowed value","type":"type_error.none.not_allowed"},{"loc":["body","tool_name"],"msg":"str type expected","type":"type_error.str"},{"loc":["body","api_name"],"msg":"str type expected","type":"type_error.str"},{"loc":["body","tool_input"],"msg":"str type expected","type":"type_error.str"},{"loc":["body","tool_input"],"msg":"value is not a valid dict","type":"type_error.dict"}]}""")]
    [InlineData("""{"toolbench_key":"","category":"a","category":5,"tool_name":"b","x":[{"y":NaN}],"tool_input":null}""", 422,
        """{"detail":[{"loc":["body","api_name"],"msg":"field required","type":"value_error.missing"},{"loc":["body","tool_input"],"msg":"none is not an allowed value","type":"type_error.none.not_allowed"},{"loc":["body","strip"],"msg":"field required","type":"value_error.missing"}]}""")]
    public void Read_BadBody_IsAnsweredWithItsServersError(string body, int status, string expected) => Equal(status, expected, Read(body));

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    public void Read_NothingGiven_NamesEveryField(string body)
    {
        var reply = Read(body)!;
        var detail = Encoding.UTF8.GetString(reply.Body.Span);
        Assert.Equal(422, reply.Status);
        Assert.All(["category", "tool_name", "api_name", "tool_input", "strip", "toolbench_key"], name =>
            Assert.Contains($$"""{"loc":["body","{{name}}"],"msg":"field required","type":"value_error.missing"}""", detail, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_OtherContentType_IsNoObject() => Equal(422, NoObject, _request.Read(Encoding.UTF8.GetBytes(Body("a", "b", "c", "{}")), isJson: false));

    [Fact]
    public void Read_BytesThatAreNoText_AreUnreadable() => Equal(400, Unreadable, _request.Read([0x7B, 0xFF, 0x7D], isJson: true));

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-32", true)]
    [InlineData("utf-32BE", false)]
    [InlineData("utf-8", true)]
    public void Read_OtherEncodings_AreToldByTheirBytes(string name, bool hasMark)
    {
        var encoding = Encoding.GetEncoding(name);
        var body = encoding.GetBytes(Body("Sports", "é", "b", "{}"));
        Assert.Null(_request.Read(hasMark ? [.. encoding.GetPreamble(), .. body] : body, isJson: true));
        Assert.Equal("{}", _request.Arguments.ToString());
    }

    [Fact]
    public void Read_ChatWithUser_IsAnswered() => Equal(200, """{"error":"","response":"Chat with user."}""", Read(Body("a", "b", "Chat with user", "{}")));

    [Fact]
    public void Read_AgainAndAgain_TakesLessMemoryThanTheBodyAsAText()
    {
        const int times = 100;
        var body = Encoding.UTF8.GetBytes(Body("Sports", "Live Scores", "all_matches", """{"a": 1.5, "b": ["c", {"d": null}]}"""));
        Assert.Null(_request.Read(body, isJson: true));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < times; time++)
        {
            _ = _request.Read(body, isJson: true);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / times, 0, body.Length * sizeof(char)); // 0 once it is optimised
    }

    private VirtualReply? Read(string body) => _request.Read(Encoding.UTF8.GetBytes(body), isJson: true);

    private static string Body(string category, string tool, string api, string input, bool isJson = false) =>
        $$"""{"category": "{{category}}", "tool_name": "{{tool}}", "api_name": "{{api}}", "tool_input": {{(isJson ? input : VirtualBody.Text(input))}}, "strip": "truncate", "toolbench_key": ""}""";

    private static void Equal(int status, string body, VirtualReply? reply)
    {
        Assert.NotNull(reply);
        Assert.Equal((status, body), (reply.Status, Encoding.UTF8.GetString(reply.Body.Span)));
    }
}
