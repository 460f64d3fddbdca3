using System.Net;
using System.Text;
using Xunit;

namespace StepTool.Tests.Silo;

/// <summary><c>/virtual</c> over HTTP, on real recorded files.</summary>
[Trait("Kind", "Unit")]
public sealed class VirtualEndpointTests(VirtualSilo silo) : IClassFixture<VirtualSilo>
{
    private const string Oslo = "{\"error\":\"\",\"response\":\"three days\\nin \\\"Oslo\\\" \u2014 \u96e8 \ud83d\ude00\"}";

    [Theory]
    [InlineData("Weather", "sky", "daily", """{"city": "Oslo", "days": 3}""", Oslo)]
    [InlineData("Weather", "sky", "daily", """ "{\"city\": \"Oslo\", \"days\": 3}" """, Oslo)]
    [InlineData("Weather", "sky_for_Weather", "Daily_for_sky", """{"city": "Oslo", "days": 3}""", Oslo)]
    [InlineData("weather", "Sky", "Daily!", """{"city": "Oslo", "days": 3}""", Oslo)]
    [InlineData("Weather", "sky", "daily", """{"days": 3.0, "city": " Oslo"}""", Oslo)]
    [InlineData("Weather", "sky", "daily", """{"city": "Oslo", "days": "3"}""", """{"error":"Message error...","response":""}""")]
    [InlineData("Weather", "sky", "daily", "\"\"", """{"error":"","response":{"z":1.5,"a":[100000.0,null,true,{"x":"é"}]},"more":1}""")]
    [InlineData("Weather", "sky", "daily", """{"city": "Rome"}""", """{"error":"","response":{"b":1.0,"a":[]}}""")]
    [InlineData("Weather", "sky", "daily", "\"[\\\"Oslo\\\"]\"", """{"error":"","response":"of a list"}""")]
    [InlineData("Sports", "no_docs", "score", """{"match": 7}""", """{"error":"","response":"2:1"}""")]
    public async Task Post_RecordedCall_IsAnsweredWithTheRecordedBytes(string category, string tool, string api, string input, string expected)
    {
        var call = VirtualSilo.Call(category, tool, api, input);
        Assert.Equal(new VirtualAnswer(200, expected, "recorded"), await silo.PostAsync(call));
        Assert.Equal(new VirtualAnswer(200, expected, "recorded"), await silo.PostAsync(call, $"/worlds/{silo.Catalogue}/virtual"));
    }

    [Fact]
    public async Task Post_CallThatIsNotRecorded_IsSimulatedAndSaysSo()
    {
        var answer = await silo.PostAsync(VirtualSilo.Call("Weather", "sky", "daily", """{"city": "Oslo Sentrum", "days": 4}"""));
        Assert.Equal(new VirtualAnswer(200, Oslo, "simulated-nearest"), answer);
    }

    [Fact]
    public async Task Post_ArgumentsThatTheApiDoesNotTake_AreRefusedInItsWords()
    {
        var answer = await silo.PostAsync(VirtualSilo.Call("Weather", "sky", "daily", """{"town": "Oslo"}"""));
        Assert.Equal(
            new VirtualAnswer(200, """{"error":"daily_for_sky got an unexpected argument 'town'; it takes city, days.","response":""}""", "world"), answer);
    }

    [Theory]
    [InlineData("Weather", "sky", "hourly")]
    [InlineData("Sports", "no_docs", "score")]
    [InlineData("../../etc", "/etc/passwd_for_x", "\0")]
    public async Task Post_ApiOrCallThatNothingCanAnswer_IsAnsweredAsItsServerDoes(string category, string tool, string api)
    {
        var answer = await silo.PostAsync(VirtualSilo.Call(category, tool, api, "{}"));
        Assert.Equal(new VirtualAnswer(200, """{"error":"Failed to generate fake response","response":""}""", null), answer);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("application/problem+json", 200)]
    [InlineData("APPLICATION/JSON", 200)]
    [InlineData(null, 200)]
    [InlineData("text/plain", 422)]
    [InlineData("application/jsonx", 422)]
    [InlineData("application/x-www-form-urlencoded", 422)]
    public async Task Post_ContentType_IsJudgedAsItsServerDoes(string? contentType, int status)
    {
        var answer = await silo.PostAsync(VirtualSilo.Recorded, contentType: contentType);
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? Oslo : """{"detail":[{"loc":["body"],"msg":"value is not a valid dict","type":"type_error.dict"}]}""", answer.Body);
    }

    [Fact]
    public async Task Get_Virtual_IsNotAllowed()
    {
        using var response = await silo.Http.GetAsync(new Uri("/virtual", UriKind.Relative));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (response.StatusCode, response.Content.Headers.Allow.Single()));
        Assert.Equal("""{"detail":"Method Not Allowed"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Post_BodyOverTheLimit_IsRefusedBeforeItIsRead()
    {
        var answer = await silo.PostAsync(Encoding.UTF8.GetBytes(new string(' ', (4 << 20) + 1)));
        Assert.Equal(413, answer.Status);
        Assert.Contains("longer than 4194304 bytes", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_BodyInPieces_IsReadWhole()
    {
        var padded = VirtualSilo.Recorded.Insert(1, new string(' ', 300_000));
        using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(padded)), 1000);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/virtual") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        using var response = await silo.Http.SendAsync(request);
        Assert.Equal(Oslo, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Post_ToAnImportedWorldByName_IsAnsweredAndToAnotherRefused()
    {
        Assert.Equal(Oslo, (await silo.PostAsync(VirtualSilo.Recorded, $"/worlds/{silo.World}/virtual")).Body);
        var other = await silo.PostAsync(VirtualSilo.Recorded, "/worlds/built-in:1/virtual");
        Assert.Equal(404, other.Status);
        Assert.Contains("No world 'built-in:1' was imported", other.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_BeforeAnyImport_SaysWhatToDo()
    {
        await using var empty = await TemporarySilo.StartAsync();
        using var http = empty.Http;
        using var response = await http.PostAsync(new Uri("/virtual", UriKind.Relative), new StringContent(VirtualSilo.Recorded, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("steptool tools import", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_SiloWithAKey_TakesTheOneThatClientsSend()
    {
        const string key = "0123456789abcdef";
        await using var guarded = await TemporarySilo.StartAsync("--api-key", key, "--virtual-world", "built-in:1");
        using var http = guarded.Http;
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "wrong"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, key));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/virtual") { Content = new StringContent(VirtualSilo.Recorded, Encoding.UTF8, "application/json") };
        request.Headers.Add("toolbench_key", key);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
