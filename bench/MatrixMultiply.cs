using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using StepTool.Learning.Backends;
using StepTool.Learning.Backends.Managed;

namespace StepTool.Bench;

/// <summary>Measures matrix products against what the machine's multipliers can do from registers alone.</summary>
public static class MatrixMultiply
{
    private const int Accumulators = 24;

    /// <summary>Measures square products of 256, 512 and 1024, each on 1 and on 2 threads, best of several runs.</summary>
    /// <param name="seconds">How long each measurement is repeated.</param>
    public static MatrixMultiplyResult Measure(double seconds = 0.5)
    {
        List<MatrixMultiplyRow> rows = [];
        foreach (var threads in (int[])[1, 2])
        {
            if (threads > Environment.ProcessorCount)
            {
                continue;
            }

            using var backend = new ManagedBackend(threads);
            foreach (var size in (int[])[256, 512, 1024])
            {
                // Peak and product take turns, so that a change of the clock or a neighbour's load meets both.
                double peak = 0, achieved = 0;
                for (var turn = 0; turn < 5; turn++)
                {
                    peak = Math.Max(peak, Peak(backend, seconds / 10));
                    achieved = Math.Max(achieved, Product(backend, size, seconds / 5));
                }

                rows.Add(new MatrixMultiplyRow(size, threads, peak, achieved, achieved / peak));
            }
        }

        using var any = new ManagedBackend(1);
        return new MatrixMultiplyResult(any.Name, rows);
    }

    private static double Product(ManagedBackend backend, int size, double seconds)
    {
        var left = Filled(size);
        var right = Filled(size);
        var result = new float[size * size];
        backend.MatMul(MatMulForm.Plain, size, size, size, left, right, result);
        return Best(seconds, 2.0 * size * size * size, () => backend.MatMul(MatMulForm.Plain, size, size, size, left, right, result));
    }

    private static double Peak(ManagedBackend backend, double seconds)
    {
        const int rounds = 20_000;
        var sinks = new float[backend.Threads];
        var lanes = Vector512.IsHardwareAccelerated ? 16 : 8;
        return Best(
            seconds,
            2.0 * lanes * Accumulators * rounds * backend.Threads,
            () => backend.Run(backend.Threads, (index, _) => sinks[index] = Vector512.IsHardwareAccelerated ? Chains512(rounds) : Chains256(rounds)));
    }

    private static double Best(double seconds, double operations, Action action)
    {
        action();
        var best = double.MaxValue;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < seconds;)
        {
            var begin = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return operations / best / 1e9;
    }

    private static float[] Filled(int size)
    {
        var values = new float[size * size];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = ((index * 7919) % 1000 / 1000f) - 0.5f;
        }

        return values;
    }

    /// <summary>24 independent chains: enough to keep two multipliers of four cycles' latency busy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains512(int rounds)
    {
        var x = Vector512.Create(0.999f);
        var y = Vector512.Create(0.001f);
        Vector512<float> c0 = y, c1 = y, c2 = y, c3 = y;
        Vector512<float> c4 = y, c5 = y, c6 = y, c7 = y;
        Vector512<float> c8 = y, c9 = y, c10 = y, c11 = y;
        Vector512<float> c12 = y, c13 = y, c14 = y, c15 = y;
        Vector512<float> c16 = y, c17 = y, c18 = y, c19 = y;
        Vector512<float> c20 = y, c21 = y, c22 = y, c23 = y;
        for (; rounds > 0; rounds--)
        {
            c0 = Vector512.FusedMultiplyAdd(c0, x, y);
            c1 = Vector512.FusedMultiplyAdd(c1, x, y);
            c2 = Vector512.FusedMultiplyAdd(c2, x, y);
            c3 = Vector512.FusedMultiplyAdd(c3, x, y);
            c4 = Vector512.FusedMultiplyAdd(c4, x, y);
            c5 = Vector512.FusedMultiplyAdd(c5, x, y);
            c6 = Vector512.FusedMultiplyAdd(c6, x, y);
            c7 = Vector512.FusedMultiplyAdd(c7, x, y);
            c8 = Vector512.FusedMultiplyAdd(c8, x, y);
            c9 = Vector512.FusedMultiplyAdd(c9, x, y);
            c10 = Vector512.FusedMultiplyAdd(c10, x, y);
            c11 = Vector512.FusedMultiplyAdd(c11, x, y);
            c12 = Vector512.FusedMultiplyAdd(c12, x, y);
            c13 = Vector512.FusedMultiplyAdd(c13, x, y);
            c14 = Vector512.FusedMultiplyAdd(c14, x, y);
            c15 = Vector512.FusedMultiplyAdd(c15, x, y);
            c16 = Vector512.FusedMultiplyAdd(c16, x, y);
            c17 = Vector512.FusedMultiplyAdd(c17, x, y);
            c18 = Vector512.FusedMultiplyAdd(c18, x, y);
            c19 = Vector512.FusedMultiplyAdd(c19, x, y);
            c20 = Vector512.FusedMultiplyAdd(c20, x, y);
            c21 = Vector512.FusedMultiplyAdd(c21, x, y);
            c22 = Vector512.FusedMultiplyAdd(c22, x, y);
            c23 = Vector512.FusedMultiplyAdd(c23, x, y);
        }

        return Vector512.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11 + c12 + c13 + c14 + c15 + c16 + c17 + c18 + c19 + c20 + c21 + c22 + c23);
    }

    /// <summary>The same with 256-bit vectors, 24 operations a round on 12 chains.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains256(int rounds)
    {
        var x = Vector256.Create(0.999f);
        var y = Vector256.Create(0.001f);
        Vector256<float> c0 = y, c1 = y, c2 = y, c3 = y;
        Vector256<float> c4 = y, c5 = y, c6 = y, c7 = y;
        Vector256<float> c8 = y, c9 = y, c10 = y, c11 = y;
        for (; rounds > 0; rounds--)
        {
            c0 = Vector256.FusedMultiplyAdd(c0, x, y);
            c1 = Vector256.FusedMultiplyAdd(c1, x, y);
            c2 = Vector256.FusedMultiplyAdd(c2, x, y);
            c3 = Vector256.FusedMultiplyAdd(c3, x, y);
            c4 = Vector256.FusedMultiplyAdd(c4, x, y);
            c5 = Vector256.FusedMultiplyAdd(c5, x, y);
            c6 = Vector256.FusedMultiplyAdd(c6, x, y);
            c7 = Vector256.FusedMultiplyAdd(c7, x, y);
            c8 = Vector256.FusedMultiplyAdd(c8, x, y);
            c9 = Vector256.FusedMultiplyAdd(c9, x, y);
            c10 = Vector256.FusedMultiplyAdd(c10, x, y);
            c11 = Vector256.FusedMultiplyAdd(c11, x, y);
            c0 = Vector256.FusedMultiplyAdd(c0, x, y);
            c1 = Vector256.FusedMultiplyAdd(c1, x, y);
            c2 = Vector256.FusedMultiplyAdd(c2, x, y);
            c3 = Vector256.FusedMultiplyAdd(c3, x, y);
            c4 = Vector256.FusedMultiplyAdd(c4, x, y);
            c5 = Vector256.FusedMultiplyAdd(c5, x, y);
            c6 = Vector256.FusedMultiplyAdd(c6, x, y);
            c7 = Vector256.FusedMultiplyAdd(c7, x, y);
            c8 = Vector256.FusedMultiplyAdd(c8, x, y);
            c9 = Vector256.FusedMultiplyAdd(c9, x, y);
            c10 = Vector256.FusedMultiplyAdd(c10, x, y);
            c11 = Vector256.FusedMultiplyAdd(c11, x, y);
        }

        return Vector256.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }
}

/// <summary>Matrix products set against the measured peak.</summary>
/// <param name="Backend">What ran.</param>
/// <param name="Rows">One row a size and number of threads.</param>
public sealed record MatrixMultiplyResult(string Backend, IReadOnlyList<MatrixMultiplyRow> Rows);

/// <summary>One size on one number of threads.</summary>
/// <param name="Size">Rows, columns and terms.</param>
/// <param name="Threads">Threads of both the peak and the product.</param>
/// <param name="PeakGigaflops">Fused multiply-adds from registers alone, two operations each, in 10^9 a second.</param>
/// <param name="Gigaflops">The product's, the same way.</param>
/// <param name="Share">Product over peak.</param>
public sealed record MatrixMultiplyRow(int Size, int Threads, double PeakGigaflops, double Gigaflops, double Share);
