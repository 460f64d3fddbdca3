using System.Text.Json;
using StepTool.Core.Tools.Live;
using StepTool.Silo.Tools;
using StepTool.Silo.Tools.Http;
using Xunit;

namespace StepTool.Tests.Silo.Tools;

/// <summary>The tables of OpenAPI's "Style Values", with the same values.</summary>
[Trait("Kind", "Unit")]
public sealed class RequestWriterTests
{
    private const string Values = """{"text": "blue", "list": ["blue", "black", "brown"], "object": {"R": 100, "G": 200, "B": 150}, "odd": "a b/c?&=ä", "none": null, "no": [], "deep": {"a": {"b": [1, true]}}}""";

    [Theory]
    [InlineData(ParameterStyle.Simple, false, "text", "blue")]
    [InlineData(ParameterStyle.Simple, false, "list", "blue,black,brown")]
    [InlineData(ParameterStyle.Simple, false, "object", "R,100,G,200,B,150")]
    [InlineData(ParameterStyle.Simple, true, "object", "R=100,G=200,B=150")]
    [InlineData(ParameterStyle.Label, false, "text", ".blue")]
    [InlineData(ParameterStyle.Label, false, "list", ".blue,black,brown")]
    [InlineData(ParameterStyle.Label, true, "list", ".blue.black.brown")]
    [InlineData(ParameterStyle.Label, false, "object", ".R,100,G,200,B,150")]
    [InlineData(ParameterStyle.Label, true, "object", ".R=100.G=200.B=150")]
    [InlineData(ParameterStyle.Matrix, false, "text", ";color=blue")]
    [InlineData(ParameterStyle.Matrix, false, "list", ";color=blue,black,brown")]
    [InlineData(ParameterStyle.Matrix, true, "list", ";color=blue;color=black;color=brown")]
    [InlineData(ParameterStyle.Matrix, false, "object", ";color=R,100,G,200,B,150")]
    [InlineData(ParameterStyle.Matrix, true, "object", ";R=100;G=200;B=150")]
    [InlineData(ParameterStyle.Simple, false, "odd", "a%20b%2Fc%3F%26%3D%C3%A4")]
    public void Write_PathParameter_IsOfItsStyle(ParameterStyle style, bool explode, string argument, string expected) =>
        Assert.Equal($"http://api.example.com/v1/{expected}/end", Write("/{color}/end", new HttpParameter(argument, "color", ParameterPlace.Path, style, explode)).Url.AbsoluteUri);

    [Theory]
    [InlineData(ParameterStyle.Form, true, "text", "?color=blue")]
    [InlineData(ParameterStyle.Form, true, "list", "?color=blue&color=black&color=brown")]
    [InlineData(ParameterStyle.Form, false, "list", "?color=blue,black,brown")]
    [InlineData(ParameterStyle.Form, false, "object", "?color=R,100,G,200,B,150")]
    [InlineData(ParameterStyle.Form, true, "object", "?R=100&G=200&B=150")]
    [InlineData(ParameterStyle.SpaceDelimited, false, "list", "?color=blue%20black%20brown")]
    [InlineData(ParameterStyle.PipeDelimited, false, "list", "?color=blue%7Cblack%7Cbrown")]
    [InlineData(ParameterStyle.DeepObject, true, "object", "?color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150")]
    [InlineData(ParameterStyle.DeepObject, true, "deep", "?color%5Ba%5D%5Bb%5D%5B%5D=1&color%5Ba%5D%5Bb%5D%5B%5D=true")]
    [InlineData(ParameterStyle.Json, false, "deep", "?color=%7B%22a%22%3A%20%7B%22b%22%3A%20%5B1%2C%20true%5D%7D%7D")]
    [InlineData(ParameterStyle.Form, true, "odd", "?color=a%20b%2Fc%3F%26%3D%C3%A4")]
    [InlineData(ParameterStyle.Form, true, "none", "")]
    [InlineData(ParameterStyle.Form, true, "no", "")]
    [InlineData(ParameterStyle.Form, false, "no", "")]
    public void Write_QueryParameter_IsOfItsStyle(ParameterStyle style, bool explode, string argument, string expected) =>
        Assert.Equal($"http://api.example.com/v1/colors{expected}", Write("/colors", new HttpParameter(argument, "color", ParameterPlace.Query, style, explode)).Url.AbsoluteUri);

    [Theory]
    [InlineData(ParameterPlace.Header, "X-Color", "object", "X-Color: R,100,G,200,B,150")]
    [InlineData(ParameterPlace.Header, "X-Color", "odd", "X-Color: a b/c?&=ä")]
    [InlineData(ParameterPlace.Cookie, "color", "odd", "Cookie: color=a%20b%2Fc%3F%26%3D%C3%A4")]
    [InlineData(ParameterPlace.Header, "Host", "text", "")]
    [InlineData(ParameterPlace.Header, "authorization", "text", "")]
    [InlineData(ParameterPlace.Header, "Transfer-Encoding", "text", "")]
    public void Write_HeaderOrCookie_IsSetUnlessItIsNoArguments(ParameterPlace place, string name, string argument, string expected) =>
        Assert.Equal(expected, string.Join('\n', Write("/", new HttpParameter(argument, name, place, place == ParameterPlace.Cookie ? ParameterStyle.Form : ParameterStyle.Simple)).Headers.Select(header => $"{header.Key}: {header.Value}")));

    [Theory]
    [InlineData("application/json", """{"text":"blue","list":["blue","black","brown"],"none":null}""")]
    [InlineData("application/merge-patch+json", """{"text":"blue","list":["blue","black","brown"],"none":null}""")]
    [InlineData("application/x-www-form-urlencoded", "text=blue&list=blue&list=black&list=brown")]
    public async Task Write_BodyMembers_AreOfTheMediaType(string type, string expected)
    {
        using var content = Write("/", type, [.. new[] { "text", "list", "none" }.Select(name => new HttpParameter(name, name, ParameterPlace.BodyMember))]).Body!();

        Assert.Equal((expected, type), (await content.ReadAsStringAsync(), content.Headers.ContentType!.ToString()));
    }

    [Theory]
    [InlineData("application/json", "text", "\"blue\"")]
    [InlineData("application/json", "list", """["blue", "black", "brown"]""")]
    [InlineData("text/plain", "text", "blue")]
    [InlineData("application/x-www-form-urlencoded", "object", "R=100&G=200&B=150")]
    public async Task Write_WholeBody_IsOfTheMediaType(string type, string argument, string expected)
    {
        using var content = Write("/", type, new HttpParameter(argument, "", ParameterPlace.Body)).Body!();

        Assert.Equal(expected, await content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Write_JsonBodyOfWhichNothingIsGiven_IsAnEmptyObject()
    {
        using var content = Write("/", "application/json", new HttpParameter("missing", "missing", ParameterPlace.BodyMember)).Body!();

        Assert.Equal("{}", await content.ReadAsStringAsync());
    }

    [Fact]
    public void Write_BodyThatIsNotGiven_IsNone() => Assert.Null(Write("/", "application/json", new HttpParameter("missing", "", ParameterPlace.Body)).Body);

    [Fact]
    public void Write_PlaceholderThatNothingFills_IsRefused() => Assert.Contains("'color' is missing or empty", Assert.Throws<ArgumentRefusedException>(() => Write("/{color}")).Message, StringComparison.Ordinal);

    private static OutgoingRequest Write(string path, params HttpParameter[] parameters) => Write(path, null, parameters);

    private static OutgoingRequest Write(string path, string? type, params HttpParameter[] parameters)
    {
        using var arguments = JsonDocument.Parse(Values);
        return RequestWriter.Write(new HttpBinding("POST", "http://api.example.com/v1", path) { Parameters = [.. parameters], BodyMediaType = type }, arguments.RootElement, []);
    }
}
