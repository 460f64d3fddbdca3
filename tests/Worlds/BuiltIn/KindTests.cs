using StepTool.Core.Episodes;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.BuiltIn;
using Xunit;

namespace StepTool.Tests.Worlds.BuiltIn;

[Trait("Kind", "Property")]
public sealed class KindTests
{
    private static readonly BuiltInWorld World = Play.World;

    [Fact]
    public void Retriable_OneCall_FailsFirstAndThenWorks() => Assert.All(Play.Tasks(World, Split.Test, kind: "retriable"), task =>
    {
        var faulty = Assert.Single(World.Known(task).Truth.Chain, call => World.Answer(Call(call.Api, call.Id), 0).Error.Length > 0);
        var status = World.Answer(Call(faulty.Api, faulty.Id), 0).Status;
        Assert.True(status is ToolStatus.RateLimited or ToolStatus.TimedOut or ToolStatus.TooManyRequests);
        Assert.Equal(ToolStatus.Ok, World.Answer(Call(faulty.Api, faulty.Id), 1).Status);
    });

    [Fact]
    public void Permanent_OneApi_FailsAlwaysAndItsEquivalentWorks() => Assert.All(Play.Tasks(World, Split.Test, kind: "permanent"), task =>
    {
        var chain = World.Known(task).Truth.Chain;
        var faulty = Assert.Single(chain, call => World.Answer(Call(call.Api, call.Id), 0).Error.Length > 0);
        Assert.All(Enumerable.Range(0, 5), attempt => Assert.NotEqual("", World.Answer(Call(faulty.Api, faulty.Id), attempt).Error));
        Assert.Contains(faulty.Mirror!.Key, task.Offered);
        var answer = World.Answer(Call(faulty.Mirror, faulty.Id), 0);
        Assert.Contains(faulty == chain[^1] ? World.Known(task).Truth.Value : chain[chain.IndexOf(faulty) + 1].Id, answer.Response);
    });

    [Fact]
    public void Bait_Overview_HoldsTheAnswerInItsTextButNotInItsField() => Assert.All(Play.Tasks(World, Split.Test, kind: "bait"), task =>
    {
        var known = World.Known(task);
        var digests = task.Offered.Select(World.Known).Where(api => api.Slot.Kind == SlotKind.Digest).ToArray();
        Assert.Equal(2, digests.Length);
        var answer = digests.Select(api => World.Answer(Call(api, known.Truth.Chain[0].Id), 0)).First(answer => answer.Error.Length == 0);
        Assert.Contains(known.Truth.Value, answer.Response);
        Assert.NotEqual(known.Truth.Value, ObservationReader.Read(answer.Response).Single(value => value.Field == known.RequestedField).Value);
        Assert.DoesNotContain(known.Truth.Chain, call => digests.Contains(call.Api));
    });

    [Fact]
    public void Probe_FirstCall_FailsWithTwoIdentifiersInItsError() => Assert.All(Play.Tasks(World, Split.Test, kind: "probe"), task =>
    {
        var truth = World.Known(task).Truth;
        var answer = World.Answer(Call(truth.Chain[0].Api, truth.Name!), 0);
        Assert.Equal(ToolStatus.BadInput, answer.Status);
        var told = ObservationReader.Read(answer.Error).Select(value => value.Value).Where(Play.IsIdentifier).ToArray();
        Assert.Equal(2, told.Distinct().Count());
        Assert.Contains(truth.Chain[0].Id, told);
        Assert.DoesNotContain(truth.Chain[0].Id, task.Query);
        Assert.Contains($"\"{truth.Name}\"", task.Query);
    });

    [Theory]
    [InlineData("plain")]
    [InlineData("bait")]
    [InlineData("probe")]
    public void OtherKinds_CallsOfTheChain_WorkAtOnce(string kind) => Assert.All(
        Play.Tasks(World, Split.Test, kind: kind).SelectMany(task => World.Known(task).Truth.Chain),
        call => Assert.Equal(ToolStatus.Ok, World.Answer(Call(call.Api, call.Id), 0).Status));

    private static ToolCall Call(GeneratedApi api, string value) => new(api.Key, $$"""{"{{api.Parameter}}":"{{value}}"}""");
}
