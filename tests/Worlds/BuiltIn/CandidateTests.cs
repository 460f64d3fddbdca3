using StepTool.Core.Candidates;
using StepTool.Core.Episodes;
using StepTool.Core.Rewards;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using Xunit;
using Xunit.Abstractions;

namespace StepTool.Tests.Worlds.BuiltIn;

[Trait("Kind", "Simulation")]
public sealed class CandidateTests(ITestOutputHelper output)
{
    private static readonly BuiltInWorld World = Play.World;

    [Fact]
    public void Enumerate_EveryOracleTurn_HoldsTheRightCall()
    {
        var missing = Play.Tasks(World, Split.Test).SelectMany(task => Play.OracleTurns(World, task))
            .Where(turn => !CandidateGenerator.Enumerate(turn.Situation).Any(candidate => candidate.Action.Equals(turn.Right)));
        Assert.Empty(missing);
    }

    [Fact]
    public void Enumerate_EveryTurnOfRandomEpisodes_GivesTwelveToTwenty()
    {
        var random = Play.Floor("random");
        foreach (var task in Play.Tasks(World, Split.Dev))
        {
            var choose = random(task);
            Play.Episode(World, task, situation =>
            {
                Assert.InRange(CandidateGenerator.Enumerate(situation).Length, 12, 20);
                return choose(situation);
            });
        }
    }

    [Fact]
    public void WrongCandidates_OracleTurns_AtLeastHalfSucceed()
    {
        var (wrong, successful) = (0, 0);
        foreach (var (situation, right) in Play.Tasks(World, Split.Test).SelectMany(task => Play.OracleTurns(World, task)))
        {
            var calls = CandidateGenerator.Enumerate(situation).Select(candidate => candidate.Action).OfType<CallApi>();
            foreach (var call in calls.Where(call => call != right))
            {
                wrong++;
                successful += SuccessRule.IsSuccess(World.Answer(call.Call, 0)) ? 1 : 0;
            }
        }

        output.WriteLine($"{(double)successful / wrong:P1} of {wrong}");
        Assert.True(2 * successful >= wrong);
    }
}
