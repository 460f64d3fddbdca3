using StepTool.Core.Chance;
using StepTool.Learning.Backends;
using StepTool.Learning.Backends.Managed;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Backends;

[Trait("Kind", "Property")]
public sealed class OperationTests : IDisposable
{
    private static readonly int[] Offsets = [0, 3, 4, 9];
    private readonly ManagedBackend _backend = new(1);
    private readonly SeededRandom _random = new(41);

    public void Dispose() => _backend.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(37)]
    public void Silu_AnyLength_AgreesWithDoublePrecision(int length)
    {
        float[] input = [.. RandomBatches.Row(_random, length).Select(value => value * 10)];
        var result = new float[length];
        Activate(input, result);

        Assert.All(input.Zip(result), pair => Assert.Equal(pair.First / (1 + Math.Exp(-pair.First)), pair.Second, 1e-5));
    }

    [Theory]
    [InlineData(-1e30f, 0)]
    [InlineData(-100, 0)]
    [InlineData(0, 0)]
    [InlineData(100, 100)]
    [InlineData(1e30f, 1e30f)]
    public void Silu_FarFromZero_StaysFinite(float input, float expected)
    {
        var result = new float[1];
        Activate([input], result);

        Assert.True(float.IsFinite(result[0]));
        Assert.Equal(expected, result[0], Math.Max(1e-6, Math.Abs(input) * 1e-6));
    }

    [Fact]
    public void SiluBackward_AnyInput_AgreesWithFiniteDifferences()
    {
        var input = RandomBatches.Row(_random, 37);
        var factors = RandomBatches.Row(_random, 37);
        var gradient = factors.ToArray();
        var result = new float[37];
        _backend.SiluBackward(input, gradient);

        GradientCheck.Agrees(input, gradient, () => Weighted(() => Activate(input, result), result, factors), "input", tolerance: 1e-3);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(19)]
    public void LayerNormBackward_AnyWidth_AgreesWithFiniteDifferences(int columns)
    {
        const int rows = 4;
        var input = RandomBatches.Row(_random, rows * columns);
        var gain = RandomBatches.Row(_random, columns);
        var bias = RandomBatches.Row(_random, columns);
        var factors = RandomBatches.Row(_random, rows * columns);
        var deviations = new float[rows];
        var result = new float[rows * columns];
        var normalised = input.ToArray();
        double Loss() => Weighted(
            () =>
            {
                input.CopyTo(normalised, 0);
                _backend.LayerNorm(normalised, gain, bias, deviations, result);
            },
            result,
            factors);
        Loss();
        var gradient = factors.ToArray();
        var gainGradient = new float[columns];
        var biasGradient = new float[columns];
        _backend.LayerNormBackward(normalised, gain, deviations, gradient, gainGradient, biasGradient);

        GradientCheck.Agrees(input, gradient, Loss, "input", tolerance: 5e-3);
        GradientCheck.Agrees(gain, gainGradient, Loss, "gain", tolerance: 5e-3);
        GradientCheck.Agrees(bias, biasGradient, Loss, "bias", tolerance: 5e-3);
    }

    [Fact]
    public void LayerNorm_ShiftedAndScaledRow_IsTheSame()
    {
        var row = RandomBatches.Row(_random, 24);
        float[] moved = [.. row.Select(value => (4 * value) + 9)];
        float[] ones = [.. Enumerable.Repeat(1f, 24)];
        var (first, second) = (new float[24], new float[24]);
        _backend.LayerNorm(row, ones, new float[24], new float[1], first);
        _backend.LayerNorm(moved, ones, new float[24], new float[1], second);

        Assert.All(first.Zip(second), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void LayerNorm_AllEqual_IsTheBias()
    {
        var result = new float[3];
        _backend.LayerNorm(new float[] { 5, 5, 5 }, [1, 1, 1], [1, 2, 3], new float[1], result);

        Assert.Equal([1f, 2f, 3f], result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Segments_SumAndSpread_AreEachOthersTransposes(bool average)
    {
        // <sum(x), y> = <x, spread(y)> for all x and y is what makes one the gradient of the other.
        const int columns = 11;
        var x = RandomBatches.Row(_random, 9 * columns);
        var y = RandomBatches.Row(_random, 3 * columns);
        var sum = new float[3 * columns];
        var spread = new float[9 * columns];
        _backend.SumSegments(Offsets, x, average, sum);
        _backend.SpreadSegments(Offsets, y, average, spread);

        Assert.Equal(Dot(sum, y), Dot(x, spread), 1e-4);
    }

    [Fact]
    public void SumSegments_Average_IsTheHandComputedMean()
    {
        var result = new float[3];
        _backend.SumSegments(Offsets, [1, 2, 6, 5, 1, 2, 3, 4, 5], average: true, result);

        Assert.Equal([3f, 5f, 3f], result);
    }

    [Fact]
    public void MaxSegments_ManyColumns_FindsValueAndRowAndTheFirstOfEquals()
    {
        const int columns = 11;
        var input = RandomBatches.Row(_random, 9 * columns);
        input[0] = input[columns] = 50;
        var result = new float[3 * columns];
        var rows = new int[3 * columns];
        _backend.MaxSegments(Offsets, input, result, rows);

        Assert.Equal((50f, 0), (result[0], rows[0]));
        for (var index = 0; index < rows.Length; index++)
        {
            var (segment, column) = (index / columns, index % columns);
            var own = Enumerable.Range(Offsets[segment], Offsets[segment + 1] - Offsets[segment]).Select(row => input[(row * columns) + column]);
            Assert.Equal(own.Max(), result[index]);
            Assert.Equal(result[index], input[(rows[index] * columns) + column]);
        }
    }

    [Fact]
    public void LogSoftmaxSegments_HugeLogits_StayFiniteAndShiftInvariant()
    {
        float[] logits = [1000, 1001, 1002, -7, 0, 0, 0, 0, 0];
        var result = new float[9];
        _backend.LogSoftmaxSegments(Offsets, logits, result);

        Assert.Equal(-0.407606, result[2], 1e-5);
        Assert.Equal(0, result[3]);
        Assert.All(result[4..], value => Assert.Equal(-Math.Log(5), value, 1e-6));
    }

    [Fact]
    public void SumRows_ThenStandardise_AreTheHandComputedResults()
    {
        var sum = new float[2];
        var standard = new float[4];
        _backend.SumRows([1, 2, 3, 4], sum);
        _backend.Standardise([1, 2, 3, 4], [1, 2], [2, 10], standard);

        Assert.Equal([4f, 6f], sum);
        Assert.Equal([0f, 0f, 4f, 20f], standard);
    }

    [Theory]
    [InlineData(7, 5, 9)]
    [InlineData(6, 1, 11)]
    public void MatMul_TransposedForms_AreTheGradientsByFiniteDifferences(int rows, int columns, int inner)
    {
        var (left, right) = (RandomBatches.Row(_random, rows * inner), RandomBatches.Row(_random, inner * columns));
        var factors = RandomBatches.Row(_random, rows * columns);
        var (leftGradient, rightGradient, result) = (new float[left.Length], new float[right.Length], new float[factors.Length]);
        double Loss() => Weighted(() => _backend.MatMul(MatMulForm.Plain, rows, columns, inner, left, right, result), result, factors);
        _backend.MatMul(MatMulForm.RightTransposed, rows, inner, columns, factors, right, leftGradient);
        _backend.MatMul(MatMulForm.LeftTransposed, inner, columns, rows, left, factors, rightGradient);

        GradientCheck.Agrees(left, leftGradient, Loss, "left", tolerance: 1e-3);
        GradientCheck.Agrees(right, rightGradient, Loss, "right", tolerance: 1e-3);
    }

    [Fact]
    public void MaxSegments_FactorsAtTheRowsFound_AreTheGradientByFiniteDifferences()
    {
        const int columns = 5;
        float[] input = [.. Enumerable.Range(0, 9 * columns).Select(index => (index * 7 % (9 * columns)) * 0.1f)]; // no two within a step of each other
        var factors = RandomBatches.Row(_random, 3 * columns);
        var (result, rows, gradient) = (new float[3 * columns], new int[3 * columns], new float[input.Length]);
        double Loss() => Weighted(() => _backend.MaxSegments(Offsets, input, result, rows), result, factors);
        Loss();
        for (var index = 0; index < rows.Length; index++)
        {
            gradient[(rows[index] * columns) + (index % columns)] += factors[index];
        }

        GradientCheck.Agrees(input, gradient, Loss, "input", tolerance: 1e-3);
    }

    [Fact]
    public void LogSoftmaxSegments_FactorsLessTheirSumTimesProbability_AreTheGradientByFiniteDifferences()
    {
        var logits = RandomBatches.Row(_random, 9);
        var factors = RandomBatches.Row(_random, 9);
        var result = new float[9];
        double Loss() => Weighted(() => _backend.LogSoftmaxSegments(Offsets, logits, result), result, factors);
        Loss();
        var gradient = new float[9];
        for (var segment = 0; segment < 3; segment++)
        {
            for (var row = Offsets[segment]; row < Offsets[segment + 1]; row++)
            {
                gradient[row] = factors[row] - (MathF.Exp(result[row]) * factors[Offsets[segment]..Offsets[segment + 1]].Sum());
            }
        }

        GradientCheck.Agrees(logits, gradient, Loss, "logits", tolerance: 1e-3);
    }

    [Fact]
    public void FillRowsAndSumRows_AreEachOthersTransposes()
    {
        var (row, rows) = (RandomBatches.Row(_random, 11), RandomBatches.Row(_random, 4 * 11));
        var (filled, sum) = (new float[4 * 11], new float[11]);
        _backend.FillRows(row, filled);
        _backend.SumRows(rows, sum);

        Assert.Equal(Dot(filled, rows), Dot(row, sum), 1e-4);
    }

    // What is added to a product without terms stays as it is.
    private void Activate(float[] input, float[] result) => _backend.MatMul(MatMulForm.Plain, 1, input.Length, 0, [], [], input, accumulate: true, result);

    private static double Weighted(Action run, float[] result, float[] factors)
    {
        run();
        return Dot(result, factors);
    }

    private static double Dot(float[] left, float[] right) => left.Zip(right).Sum(pair => (double)pair.First * pair.Second);
}
