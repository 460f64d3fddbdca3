using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StepTool.Bench.Engines;

namespace StepTool.Bench;

/// <summary>Calls of a method that answers a <c>Task&lt;int&gt;</c>, in one process: 64 callers, each with a grain of its own, each awaiting its call before the next.</summary>
public static class GrainCalls
{
    private const int Callers = 64;

    /// <summary>Calls per second of all callers together, over the given time, after a warm-up of a fifth of it.</summary>
    public static async Task<double> RunAsync(TimeSpan duration) => (await MeasureAsync(duration)).CallsPerSecond;

    /// <summary>Bytes allocated per call, on all threads.</summary>
    public static async Task<double> AllocatedBytesPerCallAsync(TimeSpan duration) => (await MeasureAsync(duration)).BytesPerCall;

    /// <summary>Both, from one run.</summary>
    public static async Task<GrainCallsResult> MeasureAsync(TimeSpan duration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.ClearProviders();
        builder.Services.AddBenchGrains();
        using var host = builder.Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<IClusterClient>();
        await DriveAsync(client, duration / 5);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var (calls, seconds) = await DriveAsync(client, duration);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        await host.StopAsync();
        return new(calls / seconds, (double)allocated / calls);
    }

    private static async Task<(long Calls, double Seconds)> DriveAsync(IClusterClient client, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        using var stop = new CancellationTokenSource(duration);
        var counts = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(client, caller, stop.Token))));
        return (counts.Sum(), Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static async Task<long> CallAsync(IClusterClient client, int caller, CancellationToken stop)
    {
        var grain = client.GetGrain<ICounterGrain>($"caller-{caller}");
        var calls = 0L;
        for (var expected = await grain.AddAsync(0); !stop.IsCancellationRequested; calls++)
        {
            if (await grain.AddAsync(1) != ++expected)
            {
                throw new InvalidOperationException($"Grain caller-{caller} lost a call.");
            }
        }

        return calls;
    }
}

/// <summary>What a run of <see cref="GrainCalls"/> measured.</summary>
public sealed record GrainCallsResult(double CallsPerSecond, double BytesPerCall);

/// <summary>The grain that is called.</summary>
public interface ICounterGrain : IGrainWithStringKey
{
    /// <summary>Adds and answers the sum.</summary>
    Task<int> AddAsync(int amount);
}

/// <inheritdoc cref="ICounterGrain"/>
public sealed class CounterGrain : Grain, ICounterGrain
{
    private int _sum;

    /// <inheritdoc/>
    public Task<int> AddAsync(int amount) => Task.FromResult(_sum += amount);
}
