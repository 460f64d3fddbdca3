using StepTool.Core.Chance;
using StepTool.Learning.Backends.Managed;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Backends;

[Trait("Kind", "Property")]
public sealed class EmbeddingBagTests : IDisposable
{
    private const int Columns = 11;
    private static readonly int[] Bags = [0, 2, 2, 5];
    private static readonly int[] Terms = [3, 1, 3, 3, 0];
    private readonly ManagedBackend _backend = new(1);
    private readonly SeededRandom _random = new(47);

    public void Dispose() => _backend.Dispose();

    [Fact]
    public void EmbeddingBag_RepeatedTermAndEmptyBag_IsTheHandComputedSum()
    {
        var result = new float[6];
        _backend.EmbeddingBag(Bags, Terms, [1, 2, 10, 20, 100, 200, 1000, 2000], 2, result);

        Assert.Equal([1010f, 2020f, 0f, 0f, 2001f, 4002f], result);
    }

    [Fact]
    public void EmbeddingBagBackward_RepeatedTermAndEmptyBag_AgreesWithFiniteDifferences()
    {
        var (table, factors) = (RandomBatches.Row(_random, 4 * Columns), RandomBatches.Row(_random, 3 * Columns));
        var (result, gradient) = (new float[3 * Columns], RandomBatches.Row(_random, 4 * Columns));
        double Loss()
        {
            _backend.EmbeddingBag(Bags, Terms, table, Columns, result);
            return result.Zip(factors).Sum(pair => (double)pair.First * pair.Second);
        }

        _backend.EmbeddingBagBackward(Bags, Terms, factors, Columns, gradient);

        GradientCheck.Agrees(table, gradient, Loss, "table", tolerance: 1e-3);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-1)]
    public void EmbeddingBag_TermWithoutARow_NamesItAndTheRows(int term)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => _backend.EmbeddingBag([0, 1], [term], new float[8], 2, new float[2]));

        Assert.Contains($"Term {term} has no row; the table has rows 0 to 3", exception.Message, StringComparison.Ordinal);
    }
}
