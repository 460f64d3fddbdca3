using StepTool.Core.Worlds.Recorded;
using Xunit;

namespace StepTool.Tests.Worlds.Recorded;

[Trait("Kind", "Unit")]
public sealed class RecordedArchiveTests : IDisposable
{
    private const string CacheFile = "tool_response_cache/Weather/sky_for_Weather/daily.json";
    private readonly RecordedFolder _folder = new RecordedFolder()
        .Api("Weather", "sky", "daily", "Forecast of a day", ["city"])
        .Api("Food", "pantry", "recipes", "Recipes of a dish", ["dish"])
        .Query("G1_tool", "1", "What is the weather in Oslo?", "*Weather/sky/daily")
        .Query("G1_category", "2", "How do I bake bread?", "*Food/pantry/recipes")
        .Answer("Weather/sky/daily", "{'city': 'Oslo'}", "rain")
        .Answer("Food/pantry/recipes", "{'dish': 'bread'}", "flour, water, salt")
        .Episode("G1_tool", "1", "It rains.", "SSS", "daily_for_sky");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pack_Folder_ReportsWhatItRead()
    {
        var report = RecordedArchive.Pack(_folder.Write().Path).Report;
        Assert.Equal((2, 2, 2, 1), (report.Tasks, report.Apis, report.Answers, report.Episodes));
        Assert.Empty(report.Skipped);
    }

    [Fact]
    public void Pack_Twice_GivesEqualBytes() =>
        Assert.Equal(RecordedArchive.Pack(_folder.Write().Path).Content.ToArray(), RecordedArchive.Pack(_folder.Path).Content.ToArray());

    [Fact]
    public void Pack_MissingFolder_NamesIt()
    {
        var path = Path.Combine(_folder.Path, "nowhere");
        Assert.Contains(path, Assert.Throws<RecordedWorldException>(() => RecordedArchive.Pack(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pack_NotInLayout_NamesMissingFoundAndRemedy()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "pictures"));
        var message = Assert.Throws<RecordedWorldException>(() => RecordedArchive.Pack(_folder.Path)).Message;
        Assert.Contains("solvable_queries/test_instruction and tools missing; found pictures", message, StringComparison.Ordinal);
        Assert.Contains("Point --data at", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pack_TruncatedCacheFile_SkipsItWithPositionAndKeepsTheRest()
    {
        var report = RecordedArchive.Pack(_folder.Write().Truncate(CacheFile).Path).Report;
        var skipped = Assert.Single(report.Skipped);
        Assert.Equal(CacheFile, skipped.File);
        Assert.StartsWith("line ", skipped.Where, StringComparison.Ordinal);
        Assert.Equal((2, 1), (report.Tasks, report.Answers));
    }

    [Fact]
    public void Pack_TruncatedQueryFile_KeepsTheOtherGroups()
    {
        var report = RecordedArchive.Pack(_folder.Write().Truncate("solvable_queries/test_instruction/G1_tool.json").Path).Report;
        Assert.Equal(1, report.Tasks);
        Assert.Contains(report.Skipped, entry => entry.File == "solvable_queries/test_instruction/G1_tool.json");
        Assert.Contains(report.Skipped, entry => entry is { File: "recorded/G1_tool.jsonl", Where: "line 1" });
    }

    [Fact]
    public void Pack_AllQueryFilesTruncated_ThrowsWithTheFirst()
    {
        _folder.Write().Truncate("solvable_queries/test_instruction/G1_tool.json").Truncate("solvable_queries/test_instruction/G1_category.json");
        var message = Assert.Throws<RecordedWorldException>(() => RecordedArchive.Pack(_folder.Path)).Message;
        Assert.Contains("G1_category.json, line ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pack_RelevantApiNotListed_SkipsTheQuery()
    {
        _folder.Write().Write("solvable_queries/test_instruction/own.json", """
            [{"query_id": 9, "query": "Hm?", "api_list": [{"category_name": "Food", "tool_name": "pantry", "api_name": "recipes"}], "relevant APIs": [["sky", "weekly"]]}]
            """);
        var skipped = Assert.Single(RecordedArchive.Pack(_folder.Path).Report.Skipped);
        Assert.Equal("solvable_queries/test_instruction/own.json, query 9: its relevant API [\"sky\",\"weekly\"] is not in its api_list", skipped.ToString());
    }

    [Fact]
    public void Pack_CacheOfUndocumentedApi_IsSkipped()
    {
        _folder.Answer("Weather/sky/hourly", "{}", "sun");
        Assert.Contains("weather/sky/hourly", Assert.Single(RecordedArchive.Pack(_folder.Write().Path).Report.Skipped).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Pack_MalformedCacheKey_SkipsTheEntryOnly()
    {
        _folder.Answer("Weather/sky/daily", "{'city': 'Rome", "sun");
        var report = RecordedArchive.Pack(_folder.Write().Path).Report;
        Assert.Equal(2, report.Answers);
        Assert.Equal("key {'city': 'Rome, position 9", Assert.Single(report.Skipped).Where);
    }

    [Fact]
    public void Pack_MalformedEpisodeLine_SkipsTheLineOnly()
    {
        var path = Path.Combine(_folder.Write().Path, "recorded/G1_tool.jsonl");
        File.AppendAllText(path, "\n{\"query_id\": \"1\"");
        var report = RecordedArchive.Pack(_folder.Path).Report;
        Assert.Equal(1, report.Episodes);
        Assert.StartsWith("line 2, byte ", Assert.Single(report.Skipped).Where, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ForeignBytes_Throws() =>
        Assert.Throws<RecordedWorldException>(() => RecordedWorld.Load("not a world"u8.ToArray(), new()));

    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    [InlineData(-10)]
    public void Load_TruncatedArchive_Throws(int length)
    {
        var content = RecordedArchive.Pack(_folder.Write().Path).Content;
        var cut = content[..(length > 0 ? length : content.Length + length)];
        Assert.Contains("damaged", Assert.Throws<RecordedWorldException>(() => RecordedWorld.Load(cut, new())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DistractorsOutOfRange_NamesKeyValueAndRule()
    {
        var content = RecordedArchive.Pack(_folder.Write().Path).Content;
        var message = Assert.Throws<ArgumentException>(() => RecordedWorld.Load(content, new() { Distractors = -1 })).Message;
        Assert.Contains("distractors is -1; it must be between 0 and 200", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnknownGroup_NamesTheKnownOnes()
    {
        var content = RecordedArchive.Pack(_folder.Write().Path).Content;
        var message = Assert.Throws<ArgumentException>(() => RecordedWorld.Load(content, new() { TestGroups = ["G9"] })).Message;
        Assert.Contains("test-groups names 'G9'", message, StringComparison.Ordinal);
        Assert.Contains("G1_category, G1_tool", message, StringComparison.Ordinal);
    }
}
