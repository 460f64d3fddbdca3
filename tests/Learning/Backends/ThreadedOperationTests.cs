using StepTool.Core.Chance;
using StepTool.Learning.Backends;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Optimisers;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Backends;

/// <summary>Operations large enough to be shared between threads: the same result bit by bit, and the sum that a loop makes.</summary>
[Trait("Kind", "Property")]
public sealed class ThreadedOperationTests
{
    private const int Rows = 700;
    private const int Columns = 203; // neither a multiple of a vector nor of a piece

    public static TheoryData<string> Operations => [.. All.Keys];

    private static Dictionary<string, Action<ManagedBackend, float[], float[]>> All { get; } = new()
    {
        ["Linear"] = (backend, a, b) => backend.Linear(Rows, 96, Columns, a, Part(a, 0, Columns * 96), Part(a, 7, 96), b.AsSpan(0, Rows * 96)),
        ["AddTo"] = (backend, a, b) => backend.AddTo(a, b),
        ["AddRows"] = (backend, a, b) => backend.AddRows(Part(a, 5, Columns), b),
        ["SumRows"] = (backend, a, b) => backend.SumRows(a, b.AsSpan(0, Columns)),
        ["LinearActivated"] = (backend, a, b) =>
            backend.Linear(Rows, 96, Columns, a, Part(a, 0, Columns * 96), Part(a, 7, 96), new float[Rows * 96], b.AsSpan(0, Rows * 96)),
        ["MatMulActivated"] = (backend, a, b) => // columns are shared
            backend.MatMul(MatMulForm.Plain, 5, 1000, 120, Part(a, 0, 600), Part(a, 9, 120_000), [.. Part(a, 1, 5000)], accumulate: true, b.AsSpan(0, 5000)),
        ["LayerNormActivated"] = (backend, a, b) => backend.LayerNorm([.. a], Part(a, 0, Columns), Part(a, 3, Columns), new float[Rows], new float[b.Length], b),
        ["SiluBackward"] = (backend, a, b) => backend.SiluBackward(a, b),
        ["LayerNorm"] = (backend, a, b) => backend.LayerNorm([.. a], Part(a, 0, Columns), Part(a, 3, Columns), new float[Rows], b),
        ["LayerNormBackward"] = (backend, a, b) =>
        {
            var (gains, biases) = (new float[Columns], new float[Columns]);
            backend.LayerNormBackward(a, Part(a, 0, Columns), Part(a, 1, Rows), b, gains, biases);
            backend.AddTo(gains, b.AsSpan(0, Columns));
            backend.AddTo(biases, b.AsSpan(Columns, Columns));
        },
        ["AdamWStep"] = (backend, a, b) => backend.AdamWStep(new AdamWStep(0.1f, 0.9f, 0.99f, 1e-8f, 0.01f, 0.1f, 0.01f, 1), b, a, [.. a], new float[a.Length]),
        ["EmbeddingBagBackward"] = (backend, a, b) =>
            backend.EmbeddingBagBackward([.. Enumerable.Range(0, Rows + 1)], [.. Enumerable.Range(0, Rows).Select(row => row * row % Rows)], a, Columns, b),
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_AnyThreads_IsTheSameBitByBit(string name)
    {
        var (alone, shared) = (Run(name, 1), Run(name, 3));

        Assert.Equal(alone, shared);
        Assert.NotEqual(Run(null, 1), alone);
    }

    [Theory]
    [InlineData(700, 96, 300)] // several blocks of rows and of terms
    [InlineData(5, 1000, 120)] // columns shared between threads
    [InlineData(3, 2100, 40)] // several blocks of columns
    [InlineData(9, 1, 33)]
    [InlineData(9, 4, 0)]
    public void Linear_Activated_IsSiluOfItsResultBitByBit(int rows, int columns, int inner)
    {
        foreach (var threads in new[] { 1, 3 })
        {
            using var backend = new ManagedBackend(threads);
            var random = new SeededRandom(59);
            float[] Row(int length) => RandomBatches.Row(random, length);
            var (result, activated, expected) = (new float[rows * columns], new float[rows * columns], new float[rows * columns]);
            backend.Linear(rows, columns, inner, Row(rows * inner), Row(inner * columns), Row(columns), result, activated);
            Elementwise.Silu(result, expected);
            Assert.Equal(expected, activated);
        }
    }

    [Fact]
    public void LinearOfOneTermAndSumRows_AreTheHandComputedSums()
    {
        using var backend = new ManagedBackend(2);
        float[] rows = [.. Enumerable.Range(0, Rows * Columns).Select(index => (float)(index % 5))];
        var (sum, result) = (new float[Columns], new float[Rows * 2]);
        backend.SumRows(rows, sum);
        backend.Linear(Rows, 2, 1, rows.AsSpan(0, Rows), [10, 20], [1, 2], result);

        Assert.Equal(Enumerable.Range(0, Columns).Select(column => (float)Enumerable.Range(0, Rows).Sum(row => ((row * Columns) + column) % 5)), sum);
        Assert.Equal(rows[..Rows].SelectMany(value => new[] { (10 * value) + 1, (20 * value) + 2 }), result);
    }

    private static float[] Run(string? name, int threads)
    {
        using var backend = new ManagedBackend(threads);
        var random = new SeededRandom(53);
        var (input, result) = (RandomBatches.Row(random, Rows * Columns), RandomBatches.Row(random, Rows * Columns));
        if (name is not null)
        {
            All[name](backend, input, result);
        }

        return result;
    }

    private static ReadOnlySpan<float> Part(float[] values, int from, int length) => values.AsSpan(from, length);
}
