using System.Collections.Immutable;
using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Policies.Floors;
using StepTool.Core.Tasks;
using StepTool.Core.Tools;
using Xunit;

namespace StepTool.Tests.Policies;

[Trait("Kind", "Unit")]
public sealed class FloorsTests
{
    private static readonly ApiDocumentation[] Apis =
    [
        Api("kitchen", "boil", "Boils an egg"),
        Api("sky", "moon", "Phases and tides"),
        Api("sea", "swell", "Swell of the sea"),
        Api("sky", "forecast", "Forecast for sailing weather"),
        Api("sea", "tides", "Tides for sailing at sea"),
        Api("kitchen", "fry", "Fries fish"),
    ];

    [Fact]
    public void Create_EveryName_GivesAPolicy() => Assert.All(Floors.All.Concat(Floors.Stemmed), name => Assert.NotNull(Floors.Create(name)));

    [Fact]
    public void All_Names_AreThoseOfTheTable() => Assert.Equal(
        "random bm25@1 bm25@2 bm25@3 bm25@4 bm25@5 tool-bm25@1 tool-bm25@2 tool-bm25@3 tool-bm25@4 tool-bm25@5 listed call-everything",
        string.Join(' ', Floors.All));

    [Theory]
    [InlineData("bm25@6")]
    [InlineData("bm25@0")]
    [InlineData("oracle")]
    [InlineData("")]
    public void Create_UnknownName_ListsTheKnownOnes(string name) =>
        Assert.Contains("tool-bm25@5", Assert.Throws<ArgumentException>(() => Floors.Create(name)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("bm25@1", "tides")]
    [InlineData("bm25@3", "tides,forecast,swell")]
    [InlineData("tool-bm25@2", "tides,swell")]
    [InlineData("listed", "boil,moon,swell,forecast,tides")]
    [InlineData("call-everything", "boil,moon,swell,forecast,tides,fry")]
    public async Task DecideAsync_EnoughTurns_CallsInOrderThenFinishesAsync(string name, string expected) =>
        Assert.Equal(expected + ",finish", await PlayAsync(Floors.Create(name), "Sailing weather and tides for the sea", maxTurns: 10));

    [Fact]
    public async Task DecideAsync_FewTurns_FinishesInTheLastAsync() =>
        Assert.Equal("boil,moon,finish", await PlayAsync(Floors.Create("call-everything"), "Anything", maxTurns: 3));

    [Fact]
    public async Task DecideAsync_Inflections_MeetOnlyWhenStemmedAsync()
    {
        Assert.Equal("fry,finish", await PlayAsync(Floors.Create("bm25-stemmed@1"), "the egg boiled with fries", 6, Apis[0] with { Description = "" }, Apis[5] with { Description = "frying" }));
        Assert.Equal("boil,finish", await PlayAsync(Floors.Create("bm25@1"), "the egg boiled with fries", 6, Apis[0], Apis[5] with { Description = "frying" }));
    }

    [Fact]
    public async Task DecideAsync_Ties_DependOnTheTaskNotTheOrderAsync()
    {
        var forth = await PlayAsync(Floors.Create("bm25@5"), "zebra", 10, Apis);
        var back = await PlayAsync(Floors.Create("bm25@5"), "zebra", 10, [.. Apis.Reverse()]);
        Assert.Equal(forth, back);
    }

    [Fact]
    public async Task DecideAsync_Random_ReachesAllCandidatesWithTheirProbabilityAsync()
    {
        var situation = Situate("Sailing", 6, [], Apis);
        var decisions = new List<Decision>();
        for (ulong seed = 0; seed < 300; seed++)
        {
            decisions.Add(await Floors.Create("random").DecideAsync(situation, DecisionMode.Sampled, seed, default));
        }

        var candidates = decisions.Select(decision => decision.Candidate).Distinct().Count();
        Assert.Equal(Enumerable.Range(0, candidates), decisions.Select(decision => decision.Candidate).Distinct().Order());
        Assert.True(candidates > Apis.Length);
        Assert.All(decisions, decision => Assert.Equal(-Math.Log(candidates), decision.LogProbability, 12));
        Assert.Equal(decisions[7], await Floors.Create("random").DecideAsync(situation, DecisionMode.Sampled, 7, default));
    }

    [Fact]
    public async Task DecideAsync_Cancelled_StopsAsync()
    {
        var cancelled = new CancellationToken(canceled: true);
        foreach (var name in new[] { "random", "bm25@1" })
        {
            await Assert.ThrowsAsync<OperationCanceledException>(
                async () => await Floors.Create(name).DecideAsync(Situate("x", 6, [], Apis), DecisionMode.Greedy, 1, cancelled));
        }
    }

    private static async Task<string> PlayAsync(IPolicy policy, string query, int maxTurns, params ApiDocumentation[] apis)
    {
        var steps = new List<Step>();
        var names = new List<string>();
        while (names.LastOrDefault() != "finish" && steps.Count < maxTurns)
        {
            var decision = await policy.DecideAsync(Situate(query, maxTurns, [.. steps], apis.Length > 0 ? apis : Apis), DecisionMode.Greedy, 1, default);
            steps.Add(new Step { Decision = decision, Success = true, Observation = "fine" });
            names.Add(decision.Action is CallApi call ? call.Call.Api.Api : "finish");
        }

        return string.Join(',', names);
    }

    private static Situation Situate(string query, int maxTurns, ImmutableArray<Step> steps, ApiDocumentation[] apis) => new()
    {
        Task = new AgentTask { Id = "task", Query = query, Offered = [.. apis.Select(api => api.Key)], MaxTurns = maxTurns },
        Apis = [.. apis],
        Steps = steps,
    };

    private static ApiDocumentation Api(string tool, string api, string description) =>
        new() { Key = new ApiKey("made", tool, api), ToolName = tool, ApiName = api, Description = description };
}
