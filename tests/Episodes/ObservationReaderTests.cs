using StepTool.Core.Episodes;
using Xunit;

namespace StepTool.Tests.Episodes;

[Trait("Kind", "Unit")]
public sealed class ObservationReaderTests
{
    [Theory]
    [InlineData("""{"id":"ord-4821","count":3,"open":true}""", "id=ord-4821|count=3|open=true")]
    [InlineData("""{"a":{"b":{"c":1}},"d":2}""", "c=1|d=2")]
    [InlineData("""{"ids":[1,2,3],"next":4}""", "ids=1|ids=2|ids=3|next=4")]
    [InlineData("""{"grid":[[1,2],[3,4]]}""", "grid=1|grid=2|grid=3|grid=4")]
    [InlineData("""{"rows":[{"id":1},{"id":2}],"n":2}""", "id=1|id=2|n=2")]
    [InlineData("""[{"id": 1}, 5]""", "id=1")]
    [InlineData("""{"price":-3.5,"when":"2024-01-02T10:30:00Z"}""", "price=-3.5|when=2024-01-02T10:30:00Z")]
    public void Read_Json_NamesEachScalar(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("""{'id': 'ord-1', 'ok': True, 'tags': ['a', 'b']}""", "id=ord-1|ok=True|tags=a|tags=b")]
    [InlineData("""{'note': "it's here", 'id': 5}""", "note=it's here|id=5")]
    public void Read_PythonDict_NamesEachScalar(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("id=ord-1, count=3; open=yes", "id=ord-1|count=3|open=yes")]
    [InlineData("order id: 77", "id=77")]
    [InlineData("You don't hold this one, use id=42 or id=43", "id=42|id=43")]
    [InlineData("see url: https://host.example/a/b", "url=https://host.example/a/b")]
    public void Read_KeyValueText_NamesEachScalar(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("""{"id":"ord-1","name":"blu...""", "id=ord-1")]
    [InlineData("""{"id":"ord-1","count":12...""", "id=ord-1")]
    [InlineData("""{"id":"ord-1","na...""", "id=ord-1")]
    [InlineData("""{"id":"ord-1",...""", "id=ord-1")]
    [InlineData("""{"id":"ord-1","rest":{"x":[1,2...""", "id=ord-1|x=1")]
    public void Read_CutInTheMiddle_TakesWholeValuesOnly(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("""{"url":"https:\/\/host\/a","text":"a \"b\" \u00e9\n"}""", "url=https://host/a|text=a \"b\" é\n")]
    [InlineData("""{"bad":"\uZZZZ and \\ end"}""", "bad=uZZZZ and \\ end")]
    public void Read_Escapes_AreTheirCharacters(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("")]
    [InlineData("nothing to see")]
    [InlineData("]})")]
    [InlineData("\"")]
    [InlineData("\"\\")]
    public void Read_NoValues_IsEmpty(string text) => Assert.Empty(ObservationReader.Read(text));

    [Fact]
    public void Read_ManyOrLongValues_IsBounded()
    {
        Assert.Equal(48, ObservationReader.Read("{" + string.Join(',', Enumerable.Range(0, 60).Select(index => $"\"k{index}\":{index}")) + "}").Count);
        Assert.Equal("b=2", Read($$"""{"a":"{{new string('x', 97)}}","b":2}"""));
    }

    private static string Read(string text) => string.Join('|', ObservationReader.Read(text).Select(value => $"{value.Field}={value.Value}"));
}
