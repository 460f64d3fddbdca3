using System.Collections.Immutable;
using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using Xunit;

namespace StepTool.Tests.Candidates;

[Trait("Kind", "Unit")]
public sealed class CandidateGeneratorTests
{
    [Fact]
    public void Enumerate_AnySituation_HasEachApiOnceAndFinishLast()
    {
        var candidates = Enumerate("Track parcel par-1234 and order ord-5678", [Api("a", Text("order_id")), Api("b"), Api("c", Text("parcel_id"))]);
        Assert.Equal([0, 1, 2], candidates.Take(3).Select(candidate => candidate.Api));
        Assert.Equal((new Finish(), -1), (candidates[^1].Action, candidates[^1].Api));
        Assert.Single(candidates, candidate => candidate.Action is Finish);
    }

    [Fact]
    public void Enumerate_ManyCombinations_AreAtMostTwenty() =>
        Assert.Equal(20, Enumerate("one-1111 two-2222 three-3333 four-4444 five-5555", [.. Enumerable.Range(0, 8).Select(index => Api($"a{index}", Text("item_id")))]).Length);

    [Fact]
    public void Enumerate_MoreApisThanTwenty_HasEachOfThem()
    {
        var candidates = Enumerate("q", [.. Enumerable.Range(0, 30).Select(index => Api($"a{index}"))]);
        Assert.Equal(31, candidates.Length);
        Assert.Equal(Enumerable.Range(0, 30), candidates.SkipLast(1).Select(candidate => candidate.Api));
    }

    [Fact]
    public void Enumerate_LastTurnThatMustFinish_IsFinishAlone()
    {
        var situation = Situation("q", [Api("a")], "{}", "{}") with { FinishesAtBudget = true };
        Assert.NotEmpty(CandidateGenerator.Enumerate(situation).Where(candidate => candidate.Api >= 0));
        Assert.Equal(-1, Assert.Single(CandidateGenerator.Enumerate(situation with { Task = situation.Task with { MaxTurns = 3 } })).Api);
    }

    [Fact]
    public void Enumerate_FinishHeldBack_IsOfferedInTheLastTurnAlone()
    {
        var situation = Situation("q", [Api("a"), Api("b")], "{}", "{}") with { HoldsFinish = true };
        Assert.Equal([0, 1], CandidateGenerator.Enumerate(situation).Select(candidate => candidate.Api));
        Assert.Equal(-1, Assert.Single(CandidateGenerator.Enumerate(situation with { Task = situation.Task with { MaxTurns = 3 } })).Api);
        Assert.IsType<Finish>(Assert.Single(CandidateGenerator.Enumerate(Situation("q", []) with { HoldsFinish = true })).Action);
    }

    [Fact]
    public void Enumerate_NoApis_IsFinishAlone() => Assert.IsType<Finish>(Assert.Single(Enumerate("q", [])).Action);

    [Fact]
    public void Enumerate_FieldOfTheSameName_IsPreferredToOthers()
    {
        var candidates = Enumerate("q", [Api("a", Text("parcel_id"))], """{"order_id":"ord-1111","parcel_id":"par-2222"}""");
        Assert.Equal("""{"parcel_id":"par-2222"}""", Arguments(candidates[0]));
        Assert.DoesNotContain(candidates, candidate => Arguments(candidate).Contains("ord-1111", StringComparison.Ordinal));
    }

    [Fact]
    public void Enumerate_SameFieldTwice_PrefersTheNewer() =>
        Assert.Equal("""{"parcel_id":"par-2222"}""", Arguments(Enumerate("q", [Api("a", Text("parcel_id"))], """{"parcel_id":"par-1111"}""", """{"parcel_id":"par-2222"}""")[0]));

    [Fact]
    public void Enumerate_ParameterTypes_TakeOnlyWhatFits()
    {
        var api = Api("a", Parameter("count", ParameterType.Number), Parameter("open", ParameterType.Boolean));
        Assert.Equal("""{"count":3,"open":true}""", Arguments(Enumerate("q", [api], """{"count":"many","open":"perhaps"}""", """{"count":3,"open":true}""")[0]));
    }

    [Fact]
    public void Enumerate_LongNumber_KeepsAllItsDigits() =>
        Assert.Equal("""{"count":12345678901234567890}""", Arguments(Enumerate("q", [Api("a", Parameter("count", ParameterType.Number))], """{"count":12345678901234567890}""")[0]));

    [Fact]
    public void Enumerate_IdentifierParameter_TakesNoPhrase() =>
        Assert.Equal("""{"order_id":"ord-1111"}""", Arguments(Enumerate("q", [Api("a", Text("order_id"))], """{"order_id":"ord-1111"}""", """{"order_id":"two words"}""")[0]));

    [Fact]
    public void Enumerate_Choices_PreferTheMentionedOne()
    {
        var api = Api("a", Text("units") with { Choices = ["metric", "imperial"] });
        Assert.Equal("""{"units":"imperial"}""", Arguments(Enumerate("the weather in imperial units", [api])[0]));
        Assert.Equal("""{"units":"metric"}""", Arguments(Enumerate("the weather", [api])[0]));
    }

    [Fact]
    public void Enumerate_Default_StandsWhereNothingFits() =>
        Assert.Equal("""{"limit":25}""", Arguments(Enumerate("q", [Api("a", Parameter("limit", ParameterType.Number) with { Default = "25" })])[0]));

    [Theory]
    [InlineData(ParameterType.Text, "\"the query\"")]
    [InlineData(ParameterType.Number, "1")]
    [InlineData(ParameterType.Boolean, "true")]
    [InlineData(ParameterType.Object, "{}")]
    [InlineData(ParameterType.Array, "[]")]
    public void Enumerate_NothingFits_FallsBackToThePlainestValue(ParameterType type, string value) =>
        Assert.Equal($$"""{"x":{{value}}}""", Arguments(Enumerate("the query", [Api("a", Parameter("x", type))])[0]));

    [Fact]
    public void Enumerate_OptionalParameter_IsFilledOnlyByAGoodMatch()
    {
        var api = Api("a", Text("parcel_id"), Text("units") with { Required = false, Choices = ["metric", "imperial"], Default = "metric" });
        Assert.Equal("""{"parcel_id":"par-1111"}""", Arguments(Enumerate("q", [api], """{"parcel_id":"par-1111"}""")[0]));
        Assert.Equal("""{"parcel_id":"par-1111","units":"imperial"}""", Arguments(Enumerate("imperial please", [api], """{"parcel_id":"par-1111"}""")[0]));
    }

    [Fact]
    public void Enumerate_ValuesOfOneCanonicalForm_AreOneCandidate()
    {
        var candidates = Enumerate("q", [Api("a", Parameter("count", ParameterType.Number))], """{"count":1}""", """{"count":1.0}""");
        Assert.Equal(candidates.Length, candidates.Select(candidate => candidate.Action).Distinct().Count());
    }

    [Fact]
    public void Enumerate_ErrorText_GivesItsValues()
    {
        var situation = Situation("q", [Api("a", Text("parcel_id"))], """error: on file under this name: parcel_id: par-7777""");
        situation = situation with { Steps = [situation.Steps[0] with { Success = false }] };
        Assert.Equal(ArgumentSource.Error, Assert.Single(CandidateGenerator.Enumerate(situation)[0].Bindings).Source);
    }

    [Fact]
    public void Enumerate_CharactersOfTwoUnitsAndQuotes_GiveValidArguments()
    {
        var query = new string('x', 79) + "\U0001F600 says \"a \\ b\"";
        Assert.All(
            Enumerate(query, [Api("a", Text("x")), Api("b", Parameter("y", ParameterType.Number))], """{"x":"\ud83d","y":"\"q\""}""").SkipLast(1),
            candidate => Assert.Equal(Arguments(candidate), CanonicalArguments.FromJson(Arguments(candidate))));
    }

    [Fact]
    public void Enumerate_SameSituation_IsTheSame()
    {
        var situation = Situation("Track par-1234 for Ann", [Api("a", Text("order_id")), Api("b", Text("name"))], """{"order_id":"ord-1","name":"Bob"}""");
        Assert.Equal(
            CandidateGenerator.Enumerate(situation).Select(candidate => candidate.Action),
            CandidateGenerator.Enumerate(situation with { Task = situation.Task with { Id = "other" } }).Select(candidate => candidate.Action));
    }

    private static string Arguments(Candidate candidate) => candidate.Action is CallApi call ? call.Call.Arguments : "";

    private static ImmutableArray<Candidate> Enumerate(string query, ApiDocumentation[] apis, params string[] observations) =>
        CandidateGenerator.Enumerate(Situation(query, apis, observations));

    private static Situation Situation(string query, ApiDocumentation[] apis, params string[] observations) => new()
    {
        Task = new AgentTask { Id = "task", Query = query, Offered = [.. apis.Select(api => api.Key)], MaxTurns = 6 },
        Apis = [.. apis],
        Steps = [.. observations.Select(observation => new Step
        {
            Decision = new Decision(new CallApi(new ToolCall(new ApiKey("x", "y", "z"), "{}")), 0),
            Observation = observation,
            Success = true,
        })],
    };

    private static ApiDocumentation Api(string name, params ParameterDocumentation[] parameters) =>
        new() { Key = new ApiKey("c", "t", name), ToolName = "t", ApiName = name, Parameters = [.. parameters] };

    private static ParameterDocumentation Text(string name) => Parameter(name, ParameterType.Text);

    private static ParameterDocumentation Parameter(string name, ParameterType type) => new(name, type, true, "", null, []);
}
