using System.Collections.Immutable;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Grains.Hosting;
using Xunit;

namespace StepTool.Tests.Grains.Tools;

/// <summary>What one host takes of all silos together.</summary>
[Trait("Kind", "Simulation")]
public sealed class HostLimitTests
{
    private const int Apis = 12;
    private const int CallsPerApi = 5;
    private const int MaxConcurrent = 3;
    private int _underWay;
    private int _most;

    [Fact]
    public async Task Calls_OfManyApisOfOneHost_AreNeverMoreAtOnceThanItTakes()
    {
        ImmutableArray<ApiKey> apis = [.. Enumerable.Range(0, Apis).Select(index => new ApiKey("weather", "sky", $"daily_{index}"))];
        var ground = new Ground
        {
            HasPump = false,
            Live = new LiveGround
            {
                World = CatalogueWorld.Load(CatalogueWriter.Pack(apis.Select(api => LiveGround.Define(api, "GET", new HttpBinding("GET", LiveGround.Host, $"/{api.Api}"))))),
                Options = options => (options.Host, options.Retries) = (new ToolLimits { MaxConcurrent = MaxConcurrent }, 0),
            },
        };
        ground.Live.Caller.Reply = async (number, _, cancellationToken) =>
        {
            var now = Interlocked.Increment(ref _underWay);
            for (var seen = Volatile.Read(ref _most); now > seen; seen = Volatile.Read(ref _most))
            {
                Interlocked.CompareExchange(ref _most, now, seen);
            }

            await Task.Delay(5, cancellationToken);
            Interlocked.Decrement(ref _underWay);
            return ground.Live.Caller.Ok(number);
        };
        await using var house = await House.StartAsync(ground);
        var replies = await Task.WhenAll(apis.SelectMany(api => Enumerable.Range(0, CallsPerApi).Select(call =>
            LiveGround.Api(house, api).CallAsync(LiveGround.Request($"city {call}", api: api, call: $"run/{call}#0")))));
        Assert.All(replies, reply => Assert.IsType<ToolAnswer>(reply));
        Assert.Equal((Apis * CallsPerApi, true), (ground.Live.Caller.Count, _most <= MaxConcurrent));
    }
}
