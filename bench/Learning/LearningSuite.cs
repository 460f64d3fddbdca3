using System.Collections.Immutable;
using System.Diagnostics;
using StepTool.Learning.Backends;
using StepTool.Learning.Backends.Managed;

namespace StepTool.Bench.Learning;

/// <summary>The managed backend's training step and product of 1024, beside PyTorch's in the same run where that is installed.</summary>
/// <remarks>PyTorch is as fast as the BLAS beneath it: read its own product first. On a reference BLAS, Debian's default, it is tens of times slower and the ratios say nothing.</remarks>
internal static class LearningSuite
{
    private const double Seconds = 2;

    internal static Measured Measure()
    {
        var threads = Math.Min(2, Environment.ProcessorCount);
        using var backend = new ManagedBackend(threads);
        var peer = TorchPeer.Measure(threads, Seconds);
        var figures = ImmutableArray.CreateBuilder<Figure>();
        foreach (var (rows, goal) in (ReadOnlySpan<(int, string)>)[(256, "> 1.2"), (32, "> 1.6"), (1, "")])
        {
            var step = new MlpStep(backend, rows);
            Add($"AdamW step of 256-512-512-1, batch {rows}", $"{rows}", Best(() => step.Run()), goal);
        }

        var (left, right, product) = (new float[1 << 20], new float[1 << 20], new float[1 << 20]);
        left.AsSpan().Fill(0.5f);
        right.AsSpan().Fill(0.25f);
        Add("product of 1024", "product", Best(() => backend.MatMul(MatMulForm.Plain, 1024, 1024, 1024, left, right, product)), "");
        var against = peer is { } torch ? $"PyTorch {torch.GetProperty("version").GetString()}, {threads} threads" : "no Python with PyTorch was found: no ratios";
        Console.WriteLine($"{backend.Name}; {against}");
        return new Measured(figures.ToImmutable(), new { backend = backend.Name, against });

        void Add(string name, string key, double seconds, string goal)
        {
            figures.Add(new Figure($"{name}, microseconds", seconds * 1e6));
            if (peer is { } torch)
            {
                var other = torch.GetProperty(key).GetDouble();
                figures.Add(new Figure($"{name}, PyTorch, microseconds", other * 1e6));
                figures.Add(new Figure($"{name}, times as fast as PyTorch", other / seconds, goal));
            }
        }
    }

    private static double Best(Action action)
    {
        for (var warm = 0; warm < 50; warm++)
        {
            action();
        }

        var least = double.MaxValue;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds;)
        {
            var begin = Stopwatch.GetTimestamp();
            action();
            least = Math.Min(least, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return least;
    }
}
