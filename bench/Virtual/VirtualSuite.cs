using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using StepTool.Core.Virtual;
using StepTool.Core.Worlds.Recorded;

namespace StepTool.Bench.Virtual;

/// <summary>
/// <c>/virtual</c> over HTTP at 1, 16 and 64 connections, and what a recorded call costs without HTTP. With <c>--beside URL</c> another server is measured
/// in turn with the same calls, such as StableToolBench's own over the folder that <c>--folder DIR</c> leaves behind; <c>--seconds</c> and
/// <c>--rounds</c> set the length.
/// </summary>
internal static class VirtualSuite
{
    private static readonly ImmutableArray<int> Connections = [1, 16, 64];

    /// <summary>Measures.</summary>
    internal static async Task<Measured> MeasureAsync(BenchOptions options)
    {
        var kept = options.Text("folder", "");
        var folder = VirtualFolder.Write(kept.Length > 0 ? kept : Directory.CreateTempSubdirectory("steptool-virtual-").FullName);
        var duration = TimeSpan.FromSeconds(options.Number("seconds", 2));
        var rounds = options.Number("rounds", 2);
        var beside = options.Text("beside", "") is { Length: > 0 } url ? new Uri(url) : null;
        try
        {
            var figures = ImmutableArray.CreateBuilder<Figure>();
            figures.AddRange(WithoutHttp(folder));
            await using var server = await VirtualServer.StartAsync(folder.Path);
            foreach (var (name, calls) in new[] { ("recorded", folder.Recorded), ("5 entries", folder.Five), ("5,000 entries", folder.FiveThousand) })
            {
                foreach (var connections in Connections)
                {
                    figures.AddRange(await CompareAsync(server.Url, beside, $"{name}, {connections} conn", calls, connections, duration, rounds));
                }
            }

            return figures.DrainToImmutable();
        }
        finally
        {
            if (kept.Length == 0)
            {
                Directory.Delete(folder.Path, recursive: true);
            }
        }
    }

    // In turn, so that what else the machine does meets both.
    private static async Task<IEnumerable<Figure>> CompareAsync(
        Uri ours, Uri? beside, string name, ImmutableArray<VirtualCall> calls, int connections, TimeSpan duration, int rounds)
    {
        var (our, wrk, their) = (new List<LoadResult>(), new List<double>(), new List<LoadResult>());
        for (var round = 0; round < rounds; round++)
        {
            our.Add(await HttpLoad.MeasureAsync(ours, calls, connections, duration));
            if (await Wrk.MeasureAsync(ours, calls, connections, duration) is { } perSecond)
            {
                wrk.Add(perSecond);
            }

            if (beside is not null)
            {
                their.Add(await HttpLoad.MeasureAsync(beside, calls, connections, duration));
            }
        }

        return
        [
            Figure.Of($"{name}: requests/s", our.Select(result => result.PerSecond), connections > 1 && name.StartsWith("rec", StringComparison.Ordinal) ? "> 12,000" : ""),
            Figure.Of($"{name}: p50, us", our.Select(result => result.MedianMicroseconds)),
            Figure.Of($"{name}: p99, us", our.Select(result => result.SlowMicroseconds)),
            .. wrk.Count > 0 ? [Figure.Of($"{name}: requests/s by wrk", wrk)] : (Figure[])[],
            .. their.Count > 0
                ?
                [
                    Figure.Of($"{name}: requests/s of the other", their.Select(result => result.PerSecond)),
                    Figure.Of($"{name}: p50 of the other, us", their.Select(result => result.MedianMicroseconds)),
                    Figure.Of($"{name}: p99 of the other, us", their.Select(result => result.SlowMicroseconds)),
                    Figure.Of($"{name}: times the other", our.Zip(their, (mine, other) => mine.PerSecond / other.PerSecond), name.StartsWith("5,000", StringComparison.Ordinal) ? "> 500" : "> 20"),
                ]
                : (Figure[])[],
        ];
    }

    private static IEnumerable<Figure> WithoutHttp(VirtualFolder folder)
    {
        var world = RecordedWorld.Load(RecordedArchive.Pack(folder.Path).Content, new RecordedWorldOptions());
        var request = new VirtualRequest();
        foreach (var (name, calls) in new[] { ("5 entries", folder.Five), ("5,000 entries", folder.FiveThousand) })
        {
            _ = Answer(world, request, calls);
            _ = Answer(world, request, calls);
            var (nanoseconds, bytes) = Answer(world, request, calls);
            yield return new Figure($"{name}: ns to read a request and find its answer", nanoseconds);
            yield return new Figure($"{name}: bytes allocated by it", bytes, "0");
        }
    }

    private static (double Nanoseconds, double Bytes) Answer(RecordedWorld world, VirtualRequest request, ImmutableArray<VirtualCall> calls)
    {
        const int times = 500_000;
        var (allocated, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        for (var time = 0; time < times; time++)
        {
            var call = calls[time % calls.Length];
            if ((request.Read(call.Body, isJson: true) ?? world.Find(request))?.Body.Length != call.Answer.Length)
            {
                throw new InvalidOperationException($"A recorded call was not found: {Encoding.UTF8.GetString(call.Body)}");
            }
        }

        return (Stopwatch.GetElapsedTime(started).TotalNanoseconds / times, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / times);
    }
}
