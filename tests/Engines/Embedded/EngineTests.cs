using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using StepTool.Embedded.Hosting;
using StepTool.Tests.Conformance;
using Xunit;

namespace StepTool.Tests.Engines;

[Trait("Kind", "Unit")]
public sealed class EngineTests
{
    [Theory]
    [InlineData(nameof(EmbeddedOptions.ResponseTimeout), 0, "EmbeddedOptions.ResponseTimeout is 00:00:00; it must be from 00:00:00.0100000 to 1.00:00:00. Set it so, or leave it out for 00:00:30.")]
    [InlineData(nameof(EmbeddedOptions.CollectionAge), 60, "EmbeddedOptions.CollectionAge is 00:01:00; it must be longer than CollectionQuantum, which is 00:01:00.")]
    [InlineData(nameof(EmbeddedOptions.DeactivationTimeout), 100_000, "EmbeddedOptions.DeactivationTimeout is 1.03:46:40; it must be from")]
    public async Task Option_OutOfRange_IsRefusedAtStart(string option, int seconds, string message)
    {
        var start = () => EngineFixture.StartAsync(options => typeof(EmbeddedOptions).GetProperty(option)!.SetValue(options, TimeSpan.FromSeconds(seconds)));
        Assert.Contains(message, (await Assert.ThrowsAsync<OptionsValidationException>(start)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Option_BlankSiloName_IsRefusedAtStart() =>
        Assert.Contains("EmbeddedOptions.SiloName is ' '", (await Assert.ThrowsAsync<OptionsValidationException>(() => EngineFixture.StartAsync(options => options.SiloName = " "))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Store_ThatIsNotRegistered_IsNamedAtStart()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => HostOf(typeof(StateGrain)).StartAsync());
        Assert.Contains($"{typeof(StateGrain)} keeps its state 'ledger' in the store 'store', which is not registered.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Classes_OfTheSameGrainType_AreNamedAtStart()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => HostOf(typeof(Bad.SameNameGrain), typeof(Bad.Twin.SameNameGrain)).StartAsync());
        Assert.Contains("Grain type 'samename' is the name of both", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(Bad.VoidGrain), "returns System.Void; it must return Task")]
    [InlineData(typeof(Bad.GenericGrain), "is generic; write one method for each type")]
    [InlineData(typeof(Bad.ByRefGrain), "takes 'number' by reference; pass it by value")]
    [InlineData(typeof(Bad.TwoTokensGrain), "takes more than one CancellationToken; keep one")]
    public async Task Method_ThatCannotBeAGrainMethod_IsNamedAtStart(Type grain, string why)
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => HostOf(grain).StartAsync());
        Assert.Contains(why, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_BeforeStart_IsRefused()
    {
        using var host = HostOf(typeof(PartnerGrain));
        var exception = await Assert.ThrowsAsync<SiloUnavailableException>(() => host.Services.GetRequiredService<IClusterClient>().GetGrain<IPartnerGrain>("1").AnswerAsync());
        Assert.Equal("local has not started. Start the host before grains are called.", exception.Message);
    }

    [Fact]
    public async Task Call_AfterStop_IsRefused()
    {
        await using var fixture = await EngineFixture.StartAsync(_ => { });
        await fixture.StopAsync();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => fixture.Client.GetGrain<IPartnerGrain>("1").AnswerAsync());
    }

    [Fact]
    public async Task Stop_WhenTheHostsTimeIsOver_LeavesRunningCallsBehind()
    {
        await using var fixture = await EngineFixture.StartAsync(_ => { });
        var call = fixture.Client.GetGrain<ITurnGrain>("stuck").HoldAsync("stuck");
        await fixture.Probe.AtAsync("stuck");

        await fixture.Engine.StopAsync(new CancellationToken(canceled: true));

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
        fixture.Probe.Open("stuck");
    }

    [Fact]
    public void Grain_MadeWithNew_IsRefused() => Assert.Contains("never with new", Assert.Throws<InvalidOperationException>(() => new PartnerGrain()).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Interface_ThatNoClassImplements_IsNamed()
    {
        await using var fixture = await EngineFixture.StartAsync(_ => { });
        var exception = Assert.Throws<ArgumentException>(() => fixture.Client.GetGrain<IUnknownGrain>("1"));
        Assert.Contains($"Could not find an implementation for interface {typeof(IUnknownGrain)}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeactivateOnIdle_InOnActivate_IsToldToTheCaller()
    {
        using var host = HostOf(typeof(Bad.RestlessGrain));
        await host.StartAsync();
        var exception = await Assert.ThrowsAsync<OrleansMessageRejectionException>(() => host.Services.GetRequiredService<IClusterClient>().GetGrain<Bad.IRestlessGrain>("1").CallAsync());
        Assert.Contains("restless/1 asked for its end while it was being activated", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SiloDetails_GiveItsName()
    {
        await using var fixture = await EngineFixture.StartAsync(options => options.SiloName = "here");
        Assert.Equal("here", fixture.Silo.GetRequiredService<ILocalSiloDetails>().Name);
    }

    private static IHost HostOf(params Type[] grains)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddEmbeddedEngine(grains);
        return builder.Build();
    }
}
