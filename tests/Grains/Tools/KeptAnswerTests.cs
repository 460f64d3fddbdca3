using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Tools;
using StepTool.Grains.Tools;
using StepTool.Grains.Tools.Answers;
using Xunit;

namespace StepTool.Tests.Grains.Tools;

/// <summary>How long answers of real calls are kept, where, and who reads them.</summary>
[Trait("Kind", "Unit")]
public sealed class KeptAnswerTests
{
    private readonly SettableTime _time = new();

    [Fact]
    public async Task Answer_OutlivesItsGrainAndItsSilo()
    {
        var ground = Make();
        await using (var first = await House.StartAsync(ground))
        {
            await LiveGround.Api(first).CallAsync(LiveGround.Request("Rome"));
        }

        await using var second = await House.StartAsync(ground);
        Assert.Equal(("real 1", Provenance.Cached), Text(await LiveGround.Api(second).CallAsync(LiveGround.Request("Rome"))));
        Assert.Equal(1, ground.Live!.Caller.Count);
    }

    [Fact]
    public async Task Answer_PastItsTimeToLive_IsAskedAgainAndReplaced()
    {
        var ground = Make();
        await using var house = await House.StartAsync(ground);
        await LiveGround.Api(house).CallAsync(LiveGround.Request("Rome"));
        _time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(("real 1", Provenance.Cached), Text(await LiveGround.Api(house).CallAsync(LiveGround.Request("Rome"))));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(("real 1", Provenance.Cached), Text(await LiveGround.Api(house).CallAsync(LiveGround.Request("Rome", ToolMode.Replay))));
        Assert.Equal(("real 2", Provenance.Real), Text(await LiveGround.Api(house).CallAsync(LiveGround.Request("Rome"))));
        Assert.Equal(("real 2", Provenance.Cached), Text(await LiveGround.Api(house).CallAsync(LiveGround.Request("Rome"))));
        Assert.Single(ground.Store.Keys("tool-answer"));
    }

    [Fact]
    public async Task TimeToLive_OfOneApi_OverridesThatOfAll()
    {
        var ground = Make(new() { ["weather/sky/daily"] = new() { TimeToLive = TimeSpan.Zero } });
        await using var house = await House.StartAsync(ground);
        await LiveGround.Api(house).CallAsync(LiveGround.Request("Rome"));
        Assert.Equal(("real 2", Provenance.Real), Text(await LiveGround.Api(house).CallAsync(LiveGround.Request("Rome"))));
        Assert.Empty(ground.Store.Keys("tool-answer"));
    }

    [Fact]
    public async Task Answers_AreRecordsOfTheirOwn_SoThatTheThousandthCostsWhatTheFirstDid()
    {
        var ground = Make();
        await using var house = await House.StartAsync(ground);
        var bytes = new List<long>();
        for (var city = 0; city < 1000; city++)
        {
            var before = ground.Store.BytesWritten;
            await LiveGround.Api(house).CallAsync(LiveGround.Request($"city {city:D4}"));
            bytes.Add(ground.Store.BytesWritten - before);
        }

        Assert.Equal(1000, ground.Store.Keys("tool-answer").Length);
        Assert.InRange(bytes[^1], 1, bytes[0] + 10);
    }

    [Fact]
    public async Task Storage_ThatFails_CostsNoAnswer()
    {
        var ground = Make();
        ground.Store.Fails = (state, _, _) => state == "tool-answer";
        await using var house = await House.StartAsync(ground);
        Assert.Equal(("real 1", Provenance.Real), Text(await LiveGround.Api(house).CallAsync(LiveGround.Request("Rome"))));
        Assert.Equal(("real 1", Provenance.Cached), Text(await LiveGround.Api(house).CallAsync(LiveGround.Request("Rome"))));
    }

    [Fact]
    public async Task Client_WhatItsSiloRemembers_AsksNoGrain()
    {
        var ground = Make();
        await using var house = await House.StartAsync(ground);
        var (client, grains) = (house.Services.GetRequiredService<ToolClient>(), house.Services.GetRequiredService<IGrainFactory>());
        for (var ask = 0; ask < 3; ask++)
        {
            var answer = Assert.IsType<ToolAnswer>(await client.CallAsync(grains, "tiny", LiveGround.Request("Rome"), mutates: false, CancellationToken.None));
            Assert.Equal((ask == 0 ? Provenance.Real : Provenance.Cached, true), (answer.Provenance, answer.Latency is not null));
        }

        Assert.Equal((1L, 2L), ((await LiveGround.Api(house).StatisticsAsync()).Calls, house.Services.GetRequiredService<AnswerMemory>().Hits));
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(("real 2", Provenance.Real), Text(await client.CallAsync(grains, "tiny", LiveGround.Request("Rome"), mutates: false, CancellationToken.None)));
    }

    [Theory]
    [InlineData(ToolMode.Recorded, false)]
    [InlineData(ToolMode.Live, true)]
    public async Task Client_RecordedOrMutatingCalls_AreNeverRemembered(ToolMode mode, bool mutates)
    {
        var ground = Make();
        await using var house = await House.StartAsync(ground);
        var (client, grains) = (house.Services.GetRequiredService<ToolClient>(), house.Services.GetRequiredService<IGrainFactory>());
        var api = mutates ? LiveGround.Order : LiveGround.Daily;
        await client.CallAsync(grains, "tiny", LiveGround.Request("Oslo", mode, api, "run/0#0"), mutates, CancellationToken.None);
        await client.CallAsync(grains, "tiny", LiveGround.Request("Oslo", mode, api, "run/1#0"), mutates, CancellationToken.None);
        Assert.Equal((2L, 0L), ((await LiveGround.Api(house, api).StatisticsAsync()).Calls, house.Services.GetRequiredService<AnswerMemory>().Hits));
    }

    private Ground Make(Dictionary<string, StepTool.Grains.Hosting.ApiOptions>? apis = null) =>
        new() { HasPump = false, Time = _time, Live = new LiveGround(_time) { Options = options => options.Apis = apis ?? [] } };

    private static (string Response, Provenance Provenance) Text(ToolReply reply) => Assert.IsType<ToolAnswer>(reply) is var answer ? (answer.Response, answer.Provenance) : default;
}
