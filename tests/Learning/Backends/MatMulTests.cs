using StepTool.Core.Chance;
using StepTool.Learning.Backends;
using StepTool.Learning.Backends.Managed;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Backends;

[Trait("Kind", "Property")]
public sealed class MatMulTests
{
    public static TheoryData<int, MatMulForm> Cases
    {
        get
        {
            var cases = new TheoryData<int, MatMulForm>();
            foreach (var width in Enum.GetValues<KernelWidth>())
            {
                foreach (var form in Enum.GetValues<MatMulForm>())
                {
                    cases.Add((int)width, form);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void MatMul_ManyShapes_AgreesWithSumsInDouble(int width, MatMulForm form)
    {
        using var backend = new ManagedBackend(1, (KernelWidth)width);
        var random = new SeededRandom(17);
        int[][] shapes = [[1, 1, 1], [1, 64, 80], [2, 32, 5], [3, 2, 300], [15, 64, 64], [12, 32, 256], [13, 33, 257], [25, 31, 600], [64, 64, 1], [40, 300, 20], [500, 3, 9]];
        foreach (var shape in shapes)
        {
            var (rows, columns, inner) = (shape[0], shape[1], shape[2]);
            var left = RandomBatches.Row(random, rows * inner);
            var right = RandomBatches.Row(random, inner * columns);
            var start = RandomBatches.Row(random, rows * columns);
            var result = start.ToArray();
            var added = start.ToArray();
            backend.MatMul(form, rows, columns, inner, left, right, result);
            backend.MatMul(form, rows, columns, inner, left, right, added, accumulate: true);

            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var expected = Element(form, rows, columns, inner, left, right, i, j);
                    var at = (i * columns) + j;
                    Assert.True(Math.Abs(expected - result[at]) < 1e-5 * (10 + inner), $"{form} {rows}x{columns}x{inner} at ({i}, {j}): {result[at]} for {expected}");
                    Assert.True(Math.Abs(expected + start[at] - added[at]) < 1e-5 * (10 + inner), $"{form} {rows}x{columns}x{inner} added at ({i}, {j})");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void MatMul_AnyNumberOfThreads_GivesTheSameBits(int width, MatMulForm form)
    {
        using var one = new ManagedBackend(1, (KernelWidth)width);
        using var three = new ManagedBackend(3, (KernelWidth)width);
        var random = new SeededRandom(23);
        foreach (var (rows, columns) in (ReadOnlySpan<(int, int)>)[(203, 150), (9, 2000)])
        {
            const int inner = 300;
            var left = RandomBatches.Row(random, rows * inner);
            var right = RandomBatches.Row(random, inner * columns);
            var alone = new float[rows * columns];
            var shared = new float[rows * columns];
            one.MatMul(form, rows, columns, inner, left, right, alone);
            three.MatMul(form, rows, columns, inner, left, right, shared);
            Assert.Equal(alone, shared);
        }
    }

    [Fact]
    public void MatMul_RowAloneOrAmongOthers_GivesTheSameBits()
    {
        using var backend = new ManagedBackend(1);
        var random = new SeededRandom(29);
        const int rows = 41, columns = 50, inner = 290;
        var left = RandomBatches.Row(random, rows * inner);
        var right = RandomBatches.Row(random, inner * columns);
        var together = new float[rows * columns];
        backend.MatMul(MatMulForm.Plain, rows, columns, inner, left, right, together);

        for (var row = 0; row < rows; row++)
        {
            var alone = new float[columns];
            backend.MatMul(MatMulForm.Plain, 1, columns, inner, left.AsSpan(row * inner, inner), right, alone);
            Assert.Equal(together[(row * columns)..((row + 1) * columns)], alone);
        }
    }

    [Fact]
    public void MatMul_NoTerms_IsZero()
    {
        using var backend = new ManagedBackend(1);
        float[] result = [1, 2, 3, 4];
        backend.MatMul(MatMulForm.Plain, 2, 2, 0, [], [], result);
        Assert.Equal([0f, 0f, 0f, 0f], result);
    }

    [Fact]
    public void MatMul_WrongLength_NamesFactorAndShape()
    {
        using var backend = new ManagedBackend(1);

        var exception = Assert.Throws<ArgumentException>(() => backend.MatMul(MatMulForm.Plain, 2, 2, 3, new float[5], new float[6], new float[4]));

        Assert.Contains("'left' holds [5] numbers, the operation needs [2, 3]", exception.Message, StringComparison.Ordinal);
    }

    private static double Element(MatMulForm form, int rows, int columns, int inner, float[] left, float[] right, int i, int j)
    {
        var sum = 0.0;
        for (var k = 0; k < inner; k++)
        {
            var a = form == MatMulForm.LeftTransposed ? left[(k * rows) + i] : left[(i * inner) + k];
            var b = form == MatMulForm.RightTransposed ? right[(j * inner) + k] : right[(k * columns) + j];
            sum += (double)a * b;
        }

        return sum;
    }
}
