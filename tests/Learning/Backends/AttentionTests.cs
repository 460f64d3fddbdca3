using StepTool.Core.Chance;
using StepTool.Learning.Backends.Managed;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Backends;

[Trait("Kind", "Property")]
public sealed class AttentionTests : IDisposable
{
    private const int Heads = 2;
    private const int Width = 10;
    private static readonly int[] Offsets = [0, 3, 4, 13];
    private readonly ManagedBackend _backend = new(1);
    private readonly SeededRandom _random = new(43);
    private readonly float[] _probabilities = new float[13 * Heads * 9];

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void Attention_RaggedSegments_AgreesWithDoublePrecision()
    {
        var projected = RandomBatches.Row(_random, 13 * 3 * Width);
        var result = new float[13 * Width];
        _backend.Attention(Offsets, Heads, Width, projected, _probabilities, result);

        for (var row = 0; row < 13; row++)
        {
            for (var column = 0; column < Width; column++)
            {
                Assert.Equal(Attended(projected, row, column), result[(row * Width) + column], 1e-5);
            }
        }
    }

    [Fact]
    public void Attention_SegmentAlone_IsTheSameAsAmongOthers()
    {
        var projected = RandomBatches.Row(_random, 13 * 3 * Width);
        var (all, alone) = (new float[13 * Width], new float[9 * Width]);
        _backend.Attention(Offsets, Heads, Width, projected, _probabilities, all);
        _backend.Attention([0, 9], Heads, Width, projected.AsSpan(4 * 3 * Width), new float[9 * Heads * 9], alone);

        Assert.Equal(all[(4 * Width)..], alone);
    }

    [Fact]
    public void Attention_HugeScores_StayFinite()
    {
        float[] projected = [.. RandomBatches.Row(_random, 13 * 3 * Width).Select(value => value * 1e4f)];
        var result = new float[13 * Width];
        _backend.Attention(Offsets, Heads, Width, projected, _probabilities, result);

        Assert.All(result, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void AttentionBackward_RaggedSegments_AgreesWithFiniteDifferences()
    {
        var projected = RandomBatches.Row(_random, 13 * 3 * Width);
        var factors = RandomBatches.Row(_random, 13 * Width);
        var (result, gradient) = (new float[13 * Width], new float[projected.Length]);
        double Loss()
        {
            _backend.Attention(Offsets, Heads, Width, projected, _probabilities, result);
            return result.Zip(factors).Sum(pair => (double)pair.First * pair.Second);
        }

        Loss();
        _backend.AttentionBackward(Offsets, Heads, Width, projected, _probabilities, factors, gradient);

        GradientCheck.Agrees(projected, gradient, Loss, "projected", tolerance: 2e-3);
    }

    [Fact]
    public void Attention_HeadsThatDoNotDivideTheWidth_NamesBoth()
    {
        var exception = Assert.Throws<ArgumentException>(() => _backend.Attention(Offsets, 3, Width, new float[390], new float[351], new float[130]));

        Assert.Contains("3 heads do not divide 10", exception.Message, StringComparison.Ordinal);
    }

    private static double Attended(float[] projected, int row, int column)
    {
        var segment = Array.FindLastIndex(Offsets, start => start <= row);
        var head = column / (Width / Heads) * (Width / Heads);
        double At(int place, int part, int offset) => projected[(place * 3 * Width) + (part * Width) + offset];
        var weights = Enumerable.Range(Offsets[segment], Offsets[segment + 1] - Offsets[segment])
            .Select(other => (other, weight: Math.Exp(Enumerable.Range(head, Width / Heads).Sum(offset => At(row, 0, offset) * At(other, 1, offset)) / Math.Sqrt(Width / Heads)))).ToArray();
        return weights.Sum(pair => pair.weight * At(pair.other, 2, column)) / weights.Sum(pair => pair.weight);
    }
}
