using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Tests.Worlds.BuiltIn;
using Xunit;

namespace StepTool.Tests.Features;

[Trait("Kind", "Unit")]
public sealed class FeatureExtractorTests
{
    private static readonly Situation[] Situations =
        [.. Enumerable.Range(1, 4).SelectMany(depth => Play.Tasks(Play.World, Split.Dev, depth).Take(6)).SelectMany(task => Play.OracleTurns(Play.World, task)).Select(turn => turn.Situation)];

    [Fact]
    public void Extract_AnySituation_IsFiniteAndOfTheSchemasSize() => Assert.All(Situations, situation =>
    {
        var features = Extract(situation);
        Assert.Equal(CandidateGenerator.Enumerate(situation).Length, features.Count);
        Assert.All(features.Values, row => Assert.All(row, value => Assert.InRange(value, -10, 10)));
    });

    [Fact]
    public void Extract_CandidatesOfOneSituation_AreToldApart() =>
        Assert.All(Situations, situation => Assert.InRange(Extract(situation).Values.Select(row => string.Join(' ', row)).Distinct().Count(), 3, 100));

    [Fact]
    public void Extract_WhatIsNotShownToAgents_IsNotRead() => Assert.All(Situations, situation =>
    {
        var other = situation with
        {
            Steps = [.. situation.Steps.Select(step => step with { Provenance = Provenance.SimulatedNearest, Real = new RealCall(DateTimeOffset.UnixEpoch, 200, TimeSpan.FromSeconds(1)), Reward = 1, Contributes = true, Decision = step.Decision with { LogProbability = -3, Version = 9, Candidate = 2 } })],
        };
        AssertSame(Extract(situation), Extract(other));
    });

    // Between APIs that match a query equally well the order on offer decides, which worlds shuffle by hash.
    [Fact]
    public void Extract_OtherOrderOfOffers_MovesNothingButTies() => Assert.All(Situations, situation =>
        AssertSame(
            Extract(situation),
            Extract(situation with { Task = situation.Task with { Id = "shuffled" }, Apis = [.. situation.Apis.Reverse()] }),
            name => name.Contains("Rank", StringComparison.Ordinal) || name.StartsWith("Twin", StringComparison.Ordinal) || name.StartsWith("Qualifier", StringComparison.Ordinal)));

    [Fact]
    public void Extract_OtherKeysOfToolsAndApis_IsTheSame() => Assert.All(Situations, situation =>
    {
        var renamed = situation with
        {
            Task = situation.Task with { Id = "renamed" },
            Apis = [.. situation.Apis.Select(api => api with { Key = Renamed(api.Key) })],
            Steps = [.. situation.Steps.Select(step => step with { Decision = step.Decision with { Action = Renamed(step.Decision.Action) } })],
        };
        AssertSame(Extract(situation).ToDictionary(row => Renamed(row.Key), row => row.Value), Extract(renamed));
    });

    [Fact]
    public void Extract_SameTaskIdWithOtherDocumentation_IsReadAfresh()
    {
        var situation = Situations[0];
        var extractor = new FeatureExtractor();
        _ = Extract(situation, extractor);
        var other = situation with { Apis = [.. situation.Apis.Select(api => api with { Description = situation.Task.Query })] };
        AssertSame(Extract(other), Extract(other, extractor));
    }

    [Fact]
    public void Extract_SpansOfAnotherSize_Throws()
    {
        var candidates = CandidateGenerator.Enumerate(Situations[0]);
        var message = Assert.Throws<ArgumentException>(() => new FeatureExtractor().Extract(Situations[0], candidates, new float[7], new float[FeatureExtractor.SituationSize])).Message;
        Assert.Contains($"[{candidates.Length}, {FeatureExtractor.CandidateSize}]", message, StringComparison.Ordinal);
    }

    private static Dictionary<AgentAction, float[]> Extract(Situation situation, FeatureExtractor? extractor = null)
    {
        var candidates = CandidateGenerator.Enumerate(situation);
        var rows = new float[candidates.Length * FeatureExtractor.CandidateSize];
        var shared = new float[FeatureExtractor.SituationSize];
        (extractor ?? new FeatureExtractor()).Extract(situation, candidates, rows, shared);
        return candidates.Select((candidate, index) => (candidate.Action, Row: rows[(index * FeatureExtractor.CandidateSize)..((index + 1) * FeatureExtractor.CandidateSize)]))
            .ToDictionary(item => item.Action, item => item.Row.Concat(shared).ToArray());
    }

    // Sums may be taken in another order.
    private static void AssertSame(Dictionary<AgentAction, float[]> expected, Dictionary<AgentAction, float[]> found, Func<string, bool>? mayDiffer = null)
    {
        foreach (var (action, row) in expected.Where(row => found.ContainsKey(row.Key)))
        {
            for (var index = 0; index < row.Length; index++)
            {
                var name = index < FeatureExtractor.CandidateSize ? FeatureSchema.Candidate[index] : FeatureSchema.Situation[index - FeatureExtractor.CandidateSize];
                Assert.True(mayDiffer?.Invoke(name) is true || Math.Abs(row[index] - found[action][index]) < 1e-5f, $"{name} of {action} is {row[index]} and {found[action][index]}.");
            }
        }

        Assert.InRange(expected.Keys.Count(found.ContainsKey), expected.Count * 3 / 4, expected.Count); // which further combinations there is room for may differ
    }

    private static AgentAction Renamed(AgentAction action) => action is CallApi call ? new CallApi(call.Call with { Api = Renamed(call.Call.Api) }) : action;

    private static ApiKey Renamed(ApiKey key) => key with { Tool = $"t{key.Tool.GetHashCode(StringComparison.Ordinal):x}", Api = $"a{key.Api.GetHashCode(StringComparison.Ordinal):x}" };
}
