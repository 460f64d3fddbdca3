using StepTool.Core.Text;
using Xunit;

namespace StepTool.Tests.Text;

[Trait("Kind", "Unit")]
public sealed class TokeniserTests
{
    [Theory]
    [InlineData("getHTTPPage2", "get,http,pag,2")]
    [InlineData("Daily_forecast for Oslo's harbour!", "daily,forecast,oslo,harbour")]
    [InlineData("user-id=42b", "user,id,42,b")]
    [InlineData("Füße ÉTÉ", "füß,été")]
    [InlineData("", "")]
    [InlineData("the of --", "")]
    public void Terms_Text_SplitsAndDropsStopWords(string text, string expected) => Assert.Equal(expected, string.Join(',', Tokeniser.Terms(text)));

    [Theory]
    [InlineData("forecasts forecasting forecasted")]
    [InlineData("city cities")]
    [InlineData("generate generates generated generating")]
    [InlineData("plan plans planned planning")]
    [InlineData("class classes")]
    [InlineData("call called calling")]
    public void Terms_Inflections_Meet(string words) => Assert.Single(Tokeniser.TermSet(words));

    [Fact]
    public void Terms_UnlikeWords_StayApart() => Assert.Equal(8, Tokeniser.TermSet("news new bus ring bed analysis need2 status").Count);
}

[Trait("Kind", "Unit")]
public sealed class Bm25Tests
{
    private static readonly string[][] Documents = [["rain", "sun", "rain"], ["sun"], ["snow", "wind"]];

    [Fact]
    public void Score_HandExample_FollowsTheFormula()
    {
        var bm25 = new Bm25(Documents, k1: 1.2, b: 0.75);
        var idf = Math.Log(1 + (2.5 / 1.5));
        var expected = idf * 2 * 2.2 / (2 + (1.2 * (0.25 + (0.75 * 3 / 2))));
        Assert.Equal(expected, bm25.Score(["rain", "hail"], 0), 12);
    }

    [Fact]
    public void Scores_AllDocuments_EqualScoreOfEach()
    {
        var bm25 = new Bm25(Documents);
        string[] query = ["sun", "rain", "wind"];
        Assert.Equal([bm25.Score(query, 0), bm25.Score(query, 1), bm25.Score(query, 2)], bm25.Scores(query));
    }

    [Fact]
    public void Scores_PermutedDocuments_PermuteTheScores()
    {
        string[] query = ["sun", "wind"];
        var reversed = new Bm25(Documents.Reverse().ToArray()).Scores(query);
        Assert.Equal(new Bm25(Documents).Scores(query).Reverse(), reversed);
    }

    [Fact]
    public void Scores_NoDocuments_IsEmpty() => Assert.Empty(new Bm25([]).Scores(["sun"]));

    [Fact]
    public void Constructor_BOutOfRange_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new Bm25([], b: 1.5));
}
