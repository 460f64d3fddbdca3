using System.Text.Json;
using StepTool.Core.Virtual;
using Xunit;

namespace StepTool.Tests.Virtual;

/// <summary>JSON as Python 3.11 writes it with <c>ensure_ascii=False, separators=(",", ":")</c>.</summary>
[Trait("Kind", "Unit")]
public sealed class VirtualBodyTests
{
    [Theory]
    [InlineData("""{ "b" : [ 1.0, 1e5, 1E+16, -0, true, null ], "a" : "é \u00e9 \/ \u2028 <&>" }""", "{\"b\":[1.0,100000.0,1e+16,0,true,null],\"a\":\"é é / \u2028 <&>\"}")]
    [InlineData("""["\"\\\b\f\n\r\t\u0001\u007f"]""", "[\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\u007f\"]")]
    [InlineData("""{"a":1,"b":2,"a":3}""", """{"a":3,"b":2}""")]
    [InlineData("""{}""", """{}""")]
    [InlineData("""["😀","\ud83d\ude00"]""", """["😀","😀"]""")]
    public void Of_Json_IsWhatPythonDumps(string json, string expected)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(expected, VirtualBody.Of(document.RootElement));
    }

    // Python's server fails on these; a client reads the escape.
    [Fact]
    public void Of_HalfASurrogatePair_StaysEscaped()
    {
        using var document = JsonDocument.Parse("""{"\ud83d":"cut \ud83d"}""");
        Assert.Equal("""{"\ud83d":"cut \ud83d"}""", VirtualBody.Of(document.RootElement));
    }

    [Theory]
    [InlineData("plain", """{"error":"","response":"plain"}""")]
    [InlineData("""{ "a" : [1.50] }""", """{"error":"","response":{"a":[1.5]}}""")]
    [InlineData("""[1, "x"]""", """{"error":"","response":[1,"x"]}""")]
    [InlineData("{not json}", """{"error":"","response":"{not json}"}""")]
    [InlineData("5", """{"error":"","response":"5"}""")]
    public void Of_Response_IsStructuredWhereItIsJson(string response, string expected) => Assert.Equal(expected, VirtualBody.Of("", response));
}
