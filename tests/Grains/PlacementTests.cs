using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tools;
using StepTool.Tests.Conformance;
using Xunit;

namespace StepTool.Tests.Grains;

/// <summary>Where grains go among silos.</summary>
[Trait("Kind", "Cluster")]
public sealed class PlacementTests
{
    private const int Batch = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [ClusterFact]
    public async Task Task_CalledByAServiceOfASilo_RunsThere()
    {
        var ground = new Ground { HasPump = false };
        ground.Tools.Reply = (_, _) => Task.FromResult<ToolReply>(new ToolDeferred(TimeSpan.MaxValue));
        await using var house = await House.StartAsync(ground);
        await house.EnqueuedAsync(Plans.Of(Plans.Evaluate()));
        foreach (var (index, silo) in house.Silos.Index())
        {
            var grains = silo.GetRequiredService<IGrainFactory>();
            var where = await Task.WhenAll(Enumerable.Range(0, 6).Select(ordinal => grains.GetGrain<ITaskGrain>($"run/{(6 * index) + ordinal}").RunAsync()));
            Assert.All(where, name => Assert.Equal(House.NameOf(silo), name));
        }
    }

    [ClusterFact]
    public async Task ToolApis_CalledByOneSilo_AreSpreadOverAll()
    {
        var ground = new Ground { HasPump = false };
        await using var house = await House.StartAsync(ground);
        var grains = house.Services.GetRequiredService<IGrainFactory>();
        var apis = new List<IToolApiGrain>();
        int[] counts;
        var since = Stopwatch.StartNew();
        do
        {
            // Until the silos have told each other how many grains they hold, a grain stays where it is called.
            var more = Enumerable.Range(apis.Count, Batch).Select(api => grains.GetGrain<IToolApiGrain>(ToolApiKey.Of("tiny", new ApiKey("a", "b", $"{api}")))).ToArray();
            await Task.WhenAll(more.Select(api => api.StatisticsAsync()));
            apis.AddRange(more);
            counts = [.. house.Silos.Select(silo => apis.Count(api => house.Holder(api) == silo))];
        }
        while (since.Elapsed < Patience && counts.Min() < Batch);

        Assert.All(counts, count => Assert.InRange(count, Batch, apis.Count - Batch));
    }
}
