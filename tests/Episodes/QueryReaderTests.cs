using StepTool.Core.Episodes;
using Xunit;

namespace StepTool.Tests.Episodes;

[Trait("Kind", "Unit")]
public sealed class QueryReaderTests
{
    [Theory]
    [InlineData("What is the price of the item called \"Lamp 3\"?", "Lamp 3")]
    [InlineData("Find order ord-4821, please.", "ord-4821")]
    [InlineData("Track parcel trk-eu-2291 now", "trk-eu-2291")]
    [InlineData("Mail ann@host.example about https://host.example/x?y=1", "ann@host.example|https://host.example/x?y=1")]
    [InlineData("Show flights from New York to Zürich on 2024-05-01.", "New York|Zürich|2024-05-01")]
    [InlineData("Is it cold in Århus and Ørsted?", "Århus|Ørsted")]
    [InlineData("Weather today. Thanks", "")]
    [InlineData("Convert 1,250.50 dollars", "1,250.50")]
    [InlineData("I don't know what's up with 'Blue Train'", "Blue Train")]
    public void Read_Query_FindsItsLiterals(string query, string expected) =>
        Assert.Equal(expected, string.Join('|', QueryReader.Read(query).Select(value => value.Value)));

    [Fact]
    public void Read_Literal_IsNamedByTheWordsBefore() =>
        Assert.Equal(new ObservedValue("price of order", "ord-4821"), Assert.Single(QueryReader.Read("Tell me the price of order ord-4821.")));

    [Fact]
    public void Read_SameLiteralTwice_ComesOnce() => Assert.Single(QueryReader.Read("Compare ord-1111 with ord-1111"));

    [Fact]
    public void Read_ManyLiterals_IsBounded() => Assert.Equal(12, QueryReader.Read(string.Join(' ', Enumerable.Range(100, 20))).Count);

    [Theory]
    [InlineData("å")]
    [InlineData("a-")]
    [InlineData("Aa ")]
    [InlineData("a@")]
    [InlineData("'")]
    public async Task Read_LongText_TakesTimeInProportion(string part)
    {
        var query = string.Concat(Enumerable.Repeat(part, 200_000)) + " ord-4821";

        var values = await Task.Run(() => QueryReader.Read(query)).WaitAsync(TimeSpan.FromSeconds(10)); // a time that grows by the square is minutes

        Assert.Contains("ord-4821", values.Select(value => value.Value));
    }
}
