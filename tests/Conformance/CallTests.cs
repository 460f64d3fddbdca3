using System.Collections.Immutable;
using Orleans.Runtime;
using Xunit;

namespace StepTool.Tests.Conformance;

[Trait("Kind", "Unit")]
public sealed class CallTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private IClusterClient Client => cluster.Fixture.Client;

    [Fact]
    public async Task Records_AcrossACall_ArriveAsSent()
    {
        var grain = Grain("records");
        var page = new Page([1, 2, 3], new Mark(4), ImmutableDictionary<string, string>.Empty.Add("a", "b"), new Circle("c", 1.5));

        var echo = await grain.EchoAsync(page);

        Assert.Equal(page.Items.AsEnumerable(), echo.Items);
        Assert.Equal((page.Next, page.Shape, "b"), (echo.Next, echo.Shape, echo.Labels["a"]));
    }

    [Fact]
    public async Task AbstractRecord_AcrossACall_KeepsItsCase() => Assert.Equal(new Square("s", 2), await Grain("shapes").EchoShapeAsync(new Square("s", 2)));

    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    public async Task NullableValue_AcrossACall_ArrivesAsSent(int? value)
    {
        var mark = value is { } number ? new Mark(number) : (Mark?)null;
        Assert.Equal(mark, await Grain("marks").EchoMarkAsync(mark));
    }

    [Fact]
    public async Task ValueTask_WithoutAResult_Completes() => await Grain("nothing").NothingAsync();

    [Fact]
    public async Task Overloads_AreToldApart() =>
        Assert.Equal(("text 1", "number 1"), (await Grain("overloads").OverloadAsync("1"), await Grain("overloads").OverloadAsync(1)));

    [Fact]
    public async Task Exception_OfDotNet_Crosses()
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => Grain("throws").ThrowAsync("argument"));
        Assert.Equal("bad argument", exception.Message);
    }

    [Fact]
    public async Task Exception_OfTheContracts_CrossesWithItsInner()
    {
        var exception = await Assert.ThrowsAsync<ShapeException>(() => Grain("throws").ThrowAsync("shape"));
        Assert.Equal("bad shape", exception.Message);
        Assert.Equal("inner", Assert.IsType<InvalidOperationException>(exception.InnerException).Message);
    }

    [Fact]
    public async Task Cancellation_ThrownByTheGrain_Crosses() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Grain("throws").ThrowAsync("cancelled"));

    [Fact]
    public async Task Grain_ThatThrew_TakesTheNextCall()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => Grain("survivor").ThrowAsync("shape"));
        await Grain("survivor").NothingAsync();
    }

    [Fact]
    public async Task Cancel_WhileTheGrainRuns_EndsTheCallAndTheGrainsWork()
    {
        using var stop = new CancellationTokenSource();
        var call = Grain("cancelled").WaitAsync("cancelled", stop.Token);
        await cluster.Fixture.Probe.SeenAsync("cancelled started");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cluster.Fixture.Probe.SeenAsync("cancelled cancelled");
        Assert.Equal("True", await cluster.Fixture.Probe.SeenAsync("cancelled registered"));
    }

    [Fact]
    public async Task Cancel_BeforeTheCall_NeverReachesTheGrain()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Grain("early").WaitAsync("early", new CancellationToken(canceled: true)));
        await Grain("early").NothingAsync();
        Assert.False(cluster.Fixture.Probe.HasSeen("early started"));
    }

    [Theory]
    [InlineData("a/b c?#%+")]
    [InlineData("日本 é")]
    [InlineData("{run}/7")]
    public async Task Key_OfAnyCharacters_IsTheGrainsKey(string key) => Assert.Equal($"{key} of call/{key}", await Grain(key).KeyAsync());

    [Fact]
    public async Task Key_OfFiveThousandCharacters_Works() => Assert.StartsWith(new string('k', 5000), await Grain(new string('k', 5000)).KeyAsync(), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(null)]
    public void Key_EmptyOrBlank_IsRefused(string? key) => Assert.ThrowsAny<ArgumentException>(() => Grain(key!));

    [Fact]
    public void References_ToTheSameGrain_AreEqual()
    {
        Assert.Equal(Grain("same"), Grain("same"));
        Assert.NotEqual(Grain("same"), Grain("other"));
        Assert.Equal(GrainId.Create("call", "same"), Grain("same").GetGrainId());
    }

    [Fact]
    public void Interface_OfTwoClasses_IsRefusedWithoutAPrefix()
    {
        var exception = Assert.Throws<ArgumentException>(() => Client.GetGrain<ITwiceGrain>("1"));
        Assert.Contains("Unable to identify a single appropriate grain type", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interface_OfTwoClasses_IsToldApartByAPrefix() =>
        Assert.Equal("second", await Client.GetGrain<ITwiceGrain>("1", typeof(SecondTwiceGrain).FullName).NameAsync());

    [Fact]
    public async Task Grain_CallsAnother_ByItsFactory() => Assert.Equal("callee of call/callee", await Grain("caller").CallOtherAsync("callee"));

    [Fact]
    public async Task Call_LongerThanItsTimeout_Fails()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Grain("slow").HoldBrieflyAsync("slow"));
        cluster.Fixture.Probe.Open("slow");
        await Grain("slow").NothingAsync();
    }

    private ICallGrain Grain(string key) => Client.GetGrain<ICallGrain>(key);
}
