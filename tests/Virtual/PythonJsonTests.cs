using StepTool.Core.Virtual;
using Xunit;

namespace StepTool.Tests.Virtual;

/// <summary>JSON as Python 3.11 reads and writes it: each expectation was taken from Python itself.</summary>
[Trait("Kind", "Unit")]
public sealed class PythonJsonTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData(""" { "a" : 1 , "b" : [ true , false , null ] } """, "{'a': 1, 'b': [True, False, None]}")]
    [InlineData("""{"city": "Oslo", "days": 3, "deep": {"x": [1, {"y": []}]}}""", "{'city': 'Oslo', 'days': 3, 'deep': {'x': [1, {'y': []}]}}")]
    [InlineData("""["it's", "\"", "it's \"both\"", "back\\slash"]""", """["it's", '"', 'it\'s "both"', 'back\\slash']""")]
    [InlineData("""["\n\t\r\b\u0000\u007f\u00a0\u00ad\u00e9\u2028\u4e16\ud83d\ude00\ue000"]""", """['\n\t\r\x08\x00\x7f\xa0\xadé\u2028世😀\ue000']""")]
    [InlineData("""["\ud83d x", "\ude00\ud83d"]""", """['\ud83d x', '\ude00\ud83d']""")]
    [InlineData("""["\udbff\udfff", "\ud83c\udff4\udb40\udc67"]""", """['\U0010ffff', '🏴\U000e0067']""")]
    [InlineData("[NaN, Infinity, -Infinity]", "[nan, inf, -inf]")]
    [InlineData("[0, -0, 12345678901234567890123, -7]", "[0, 0, 12345678901234567890123, -7]")]
    public void Document_Json_IsWhatPythonsStrMakesOfIt(string json, string expected) => Assert.Equal(expected, Read(json).Text);

    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("1e0", "1.0")]
    [InlineData("0.1", "0.1")]
    [InlineData("1E5", "100000.0")]
    [InlineData("1e15", "1000000000000000.0")]
    [InlineData("9999999999999998.0", "9999999999999998.0")]
    [InlineData("1e16", "1e+16")]
    [InlineData("123456789012345678.0", "1.2345678901234568e+17")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("0.000012345", "1.2345e-05")]
    [InlineData("1.5e300", "1.5e+300")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1e400", "inf")]
    [InlineData("-1e400", "-inf")]
    [InlineData("2.50", "2.5")]
    [InlineData("1e23", "1e+23")]
    [InlineData("0.3333333333333333333", "0.3333333333333333")]
    public void Document_Float_IsPythonsRepr(string json, string expected) => Assert.Equal(expected, Read(json).Text);

    [Theory]
    [InlineData("", "Expecting value", 0)]
    [InlineData(" ", "Expecting value", 1)]
    [InlineData("nul", "Expecting value", 0)]
    [InlineData("-", "Expecting value", 0)]
    [InlineData("{", "Expecting property name enclosed in double quotes", 1)]
    [InlineData("{'a':1}", "Expecting property name enclosed in double quotes", 1)]
    [InlineData("""{"a":1,}""", "Expecting property name enclosed in double quotes", 7)]
    [InlineData("""{"a" 1}""", "Expecting ':' delimiter", 5)]
    [InlineData("""{"a":1 "b":2}""", "Expecting ',' delimiter", 7)]
    [InlineData("""{"a":01}""", "Expecting ',' delimiter", 6)]
    [InlineData("[1,]", "Expecting value", 3)]
    [InlineData("[1 2]", "Expecting ',' delimiter", 3)]
    [InlineData("[1.]", "Expecting ',' delimiter", 2)]
    [InlineData("[1e+]", "Expecting ',' delimiter", 2)]
    [InlineData("{} x", "Extra data", 3)]
    [InlineData("\"abc", "Unterminated string starting at", 0)]
    [InlineData("\"a\nb\"", "Invalid control character at", 2)]
    [InlineData("""["\x"]""", "Invalid \\escape", 2)]
    [InlineData("""["\u12"]""", "Invalid \\uXXXX escape", 3)]
    [InlineData("""["\u+123"]""", "Invalid \\uXXXX escape", 3)]
    [InlineData("\"\\u0041", "Invalid \\uXXXX escape", 2)]
    [InlineData("\"\\", "Unterminated string starting at", 0)]
    [InlineData("{\"é\":\"😀\" x}", "Expecting ',' delimiter", 9)]
    public void Document_BrokenJson_FailsInPythonsWordsAndPlace(string json, string error, int at)
    {
        var read = Read(json);
        Assert.Equal((error, at), (read.Error, read.At));
    }

    [Fact]
    public void Document_NestingAndIntegers_EndWherePythonRefuses()
    {
        Assert.Null(Read(new string('[', 970) + new string(']', 970)).Error);
        Assert.Equal("", Read(new string('[', 971) + new string(']', 971)).Error);
        Assert.Equal("", Read(new string('[', 100_000)).Error);
        Assert.Null(Read(new string('7', 4300)).Error);
        Assert.Equal("", Read("-" + new string('7', 4301)).Error);
    }

    private static (string Text, string? Error, int At) Read(string json)
    {
        var output = new TextBuffer();
        var reader = new PythonJson(json, output);
        _ = reader.Document();
        return (output[..].ToString(), reader.Error, reader.ErrorAt);
    }
}
