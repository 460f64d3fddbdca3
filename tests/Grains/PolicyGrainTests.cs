using System.Collections.Immutable;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using Xunit;

namespace StepTool.Tests.Grains;

[Trait("Kind", "Unit")]
public sealed class PolicyGrainTests : IAsyncLifetime
{
    private readonly Ground _ground = new() { HasPump = false };
    private House _house = null!;

    private IPolicyGrain Policy => _house.Grain<IPolicyGrain>("policy");

    public async Task InitializeAsync() => _house = await House.StartAsync(_ground);

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task Publish_Successors_MoveTheHeadAndSumWhatWasConsumed()
    {
        Assert.Null(await Policy.HeadAsync());
        await Policy.PublishAsync(Version(0));
        await Policy.PublishAsync(Version(1, 0, 8));
        var head = await Policy.PublishAsync(Version(2, 8, 16));
        Assert.Equal((2, 0), (head.Latest.Version, head.Promoted.Version));
        Assert.Equal(OrdinalSet.Empty.AddRange(0, 16), head.Consumed);
        Assert.Equal([0, 1, 2], (await Policy.VersionsAsync()).Select(version => version.Version));
    }

    [Fact]
    public async Task Publish_NoSuccessor_ChangesNothingAndAnswersTheHead()
    {
        await Policy.PublishAsync(Version(0));
        await Policy.PublishAsync(Version(1, 0, 8));
        var late = await Policy.PublishAsync(Version(1, 100, 108) with { Weights = "other" });
        var ahead = await Policy.PublishAsync(Version(3, 16, 24));
        Assert.All([late, ahead], head => Assert.Equal((1, "weights 1", 8L), (head.Latest.Version, head.Latest.Weights, head.Consumed.Count)));
    }

    [Fact]
    public async Task Publish_FirstThatIsNotVersion0_IsRefused() =>
        Assert.Contains("version 0 and parent -1", (await Assert.ThrowsAsync<ArgumentException>(() => Policy.PublishAsync(Version(1, 0, 8)))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Publish_WriteFails_ShowsNothing()
    {
        await Policy.PublishAsync(Version(0));
        var left = 1;
        _ground.Store.Fails = (_, _, _) => left-- > 0;
        await Assert.ThrowsAnyAsync<Exception>(() => Policy.PublishAsync(Version(1, 0, 8)));
        Assert.Equal(0, (await Policy.HeadAsync())!.Latest.Version);
        Assert.Equal(1, (await Policy.PublishAsync(Version(1, 0, 8))).Latest.Version);
    }

    [Fact]
    public async Task Manifest_UnknownVersion_IsNull()
    {
        await Policy.PublishAsync(Version(0));
        Assert.Null(await Policy.ManifestAsync(1));
        Assert.Null(await Policy.ManifestAsync(-1));
        Assert.Equal("weights 0", (await Policy.ManifestAsync(0))!.Weights);
    }

    [Fact]
    public async Task Promote_ThenRollBack_ServesTheOneBefore()
    {
        await Policy.PublishAsync(Version(0));
        await Policy.PublishAsync(Version(1, 0, 8));
        Assert.Equal(1, (await Policy.PromoteAsync(1, from: 0)).Promoted.Version);
        await Policy.PromoteAsync(0, from: 1);
        await _house.DeactivateAsync(Policy);
        Assert.Equal(1, (await Policy.RollBackAsync(from: 0)).Promoted.Version);
        var first = await Assert.ThrowsAsync<InvalidOperationException>(() => Policy.RollBackAsync(from: 1));
        var unknown = await Assert.ThrowsAsync<ArgumentException>(() => Policy.PromoteAsync(2, from: 1));
        Assert.Contains("no promotion before the one of version 1", first.Message, StringComparison.Ordinal);
        Assert.EndsWith("has the versions 0 to 1, and not 2; choose one of them.", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RollBack_MadeAgainAsItsReplyWasLost_GoesBackOnce()
    {
        await Policy.PublishAsync(Version(0));
        await Policy.PublishAsync(Version(1, 0, 8));
        await Policy.PublishAsync(Version(2, 8, 16));
        await Policy.PromoteAsync(0, from: 0);
        await Policy.PromoteAsync(1, from: 0);
        await Policy.PromoteAsync(2, from: 1);
        await Policy.RollBackAsync(from: 2);
        Assert.Equal(1, (await Policy.RollBackAsync(from: 2)).Promoted.Version);
    }

    [Fact]
    public async Task Promote_MadeAgainAfterAnotherPromotion_LeavesThatOne()
    {
        await Policy.PublishAsync(Version(0));
        await Policy.PublishAsync(Version(1, 0, 8));
        await Policy.PublishAsync(Version(2, 8, 16));
        await Policy.PromoteAsync(1, from: 0);
        await Policy.PromoteAsync(2, from: 1);
        Assert.Equal(2, (await Policy.PromoteAsync(1, from: 0)).Promoted.Version);
        Assert.Equal([1, 2], (await Policy.HistoryAsync()).Promotions.AsEnumerable());
    }

    [Fact]
    public async Task Promote_ByAStageThatRepeatsIt_UndoesNoRollBack()
    {
        for (var version = 0; version < 3; version++)
        {
            await Policy.PublishAsync(Version(version, 8 * version, 8 * (version + 1)));
        }

        await Policy.PromoteAsync(1, from: 0);
        await Policy.PromoteAsync(2, from: 1, "run/0");
        await Policy.RollBackAsync(from: 2);

        Assert.Equal(1, (await Policy.PromoteAsync(2, from: 1, "run/0")).Promoted.Version);
        await _house.DeactivateAsync(Policy);
        Assert.Equal(1, (await Policy.PromoteAsync(2, from: 1, "run/0")).Promoted.Version);
        Assert.Equal(2, (await Policy.PromoteAsync(2, from: 1, "run/1")).Promoted.Version);
    }

    private static PolicyManifest Version(int version, long from = 0, long to = 0) => new(
        version, version - 1, "description", $"weights {version}", "learner", OrdinalSet.Empty.AddRange(from, to), 0,
        ImmutableSortedDictionary<string, double>.Empty, new TrainingSettings());
}
