using System.Collections.Immutable;
using System.Diagnostics;
using StepTool.Learning.Backends;
using StepTool.Learning.Backends.Managed;

namespace StepTool.Bench.Learning;

/// <summary>The managed backend's training steps, product of 1024 and whole update, beside PyTorch's in the same run where that is installed.</summary>
internal static class LearningSuite
{
    private const double Seconds = 2;
    private const string Product = "product";
    private const double OperationsOfProduct = 2.0 * 1024 * 1024 * 1024;

    /// <summary>Below this share of our product's speed a peer's ratios are of its BLAS, not of PyTorch.</summary>
    private const double SlowBlas = 0.1;

    internal static Measured Measure()
    {
        var threads = Math.Min(2, Environment.ProcessorCount);
        using var backend = new ManagedBackend(threads);
        var peer = TorchPeer.Measure(threads, Seconds);
        var rows = Rows(backend).ToArray();
        var (own, other) = (Gigaflops(rows.Single(row => row.Key == Product).Seconds), peer is null ? 0 : Gigaflops(peer.Seconds[Product]));
        var against = peer is null ? "no Python with PyTorch was found, so there are no ratios: apt-get install python3-torch libopenblas0-pthread"
            : $"PyTorch {peer.Version}, {threads} threads, products by {peer.Blas} at {other:N0} Gflop/s"
            + (other < SlowBlas * own ? $". That is a slow BLAS beside our {own:N0}, so there are no ratios: apt-get install libopenblas0-pthread" : "");
        Console.WriteLine($"{backend.Name}; {against}");
        ImmutableArray<Figure> figures = [.. rows.SelectMany(row => Figures(row, peer?.Seconds[row.Key], isFair: other >= SlowBlas * own))];
        return new Measured(figures, new { backend = backend.Name, against });
    }

    private static IEnumerable<Row> Rows(ManagedBackend backend)
    {
        foreach (var (size, goal) in new[] { (256, "> 1.2"), (32, "> 1.6"), (1, "") })
        {
            var step = new MlpStep(backend, size);
            yield return new Row($"AdamW step of 256-512-512-1, batch {size}", $"mlp {size}", Best(() => step.Run()), goal);
        }

        var encoder = new TransformerStep(backend);
        yield return new Row("AdamW step of a 2-layer transformer encoder, batch 32", "transformer", Best(() => encoder.Run()), "> 1.2");
        yield return new Row("update of the default policy", "update", Best(new PolicyUpdate(backend).Run), "> 1.5");
        var (left, right, product) = (new float[1 << 20], new float[1 << 20], new float[1 << 20]);
        left.AsSpan().Fill(0.5f);
        right.AsSpan().Fill(0.25f);
        yield return new Row("product of 1024", Product, Best(() => backend.MatMul(MatMulForm.Plain, 1024, 1024, 1024, left, right, product)), "> 0.9");
    }

    private static IEnumerable<Figure> Figures(Row row, double? other, bool isFair)
    {
        yield return new Figure($"{row.Name}, microseconds", row.Seconds * 1e6);
        if (other is { } seconds)
        {
            yield return new Figure($"{row.Name}, PyTorch, microseconds", seconds * 1e6);
            if (isFair)
            {
                yield return new Figure($"{row.Name}, times as fast as PyTorch", seconds / row.Seconds, row.Goal);
            }
        }
    }

    private static double Gigaflops(double seconds) => OperationsOfProduct / seconds / 1e9;

    // As long as the peer measures, after as long again untimed: the compiler makes what runs often faster.
    private static double Best(Action action)
    {
        Least(action);
        return Least(action);
    }

    private static double Least(Action action)
    {
        var least = double.MaxValue;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds;)
        {
            var begin = Stopwatch.GetTimestamp();
            action();
            least = Math.Min(least, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return least;
    }

    private sealed record Row(string Name, string Key, double Seconds, string Goal);
}
