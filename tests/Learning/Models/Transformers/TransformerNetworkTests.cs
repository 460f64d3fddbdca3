using StepTool.Core.Chance;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Models.Transformers;
using StepTool.Learning.Optimisers;
using StepTool.Tests.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Models.Transformers;

[Trait("Kind", "Property")]
public sealed class TransformerNetworkTests : IDisposable
{
    private static readonly TransformerLayout Small = new(new TransformerArchitecture(vocabulary: 7, maxLength: 4, width: 6, heads: 2, inner: 5, layers: 2, outputs: 2));
    private static readonly TermSequences Ragged = new([0, 3, 4, 8], [0, 2, 2, 3, 4, 6, 7, 9, 10], [1, 5, 6, 0, 3, 3, 2, 4, 1, 6]);
    private readonly ManagedBackend _backend = new(1);

    public static TheoryData<string> Tensors => [.. Small.Trained.Select(tensor => tensor.Name)];

    public void Dispose() => _backend.Dispose();

    [Theory]
    [MemberData(nameof(Tensors))]
    public void Backward_EveryTensor_AgreesWithFiniteDifferences(string name)
    {
        var random = new SeededRandom(61);
        var (network, activations) = (new TransformerNetwork(_backend), new TransformerActivations(Small.Architecture));
        var weights = Small.Initialise(random);
        foreach (ref var weight in weights.AsSpan())
        {
            weight += 0.3f * (float)random.NextGaussian();
        }

        var factors = RandomBatches.Row(random, 3 * 2);
        double Loss()
        {
            network.Forward(Small, weights, Ragged, activations);
            return activations.Outputs.ToArray().Zip(factors).Sum(pair => (double)pair.First * pair.Second);
        }

        Loss();
        var gradient = RandomBatches.Row(random, Small.Length);
        network.Backward(Small, weights, Ragged, activations, factors, gradient);

        var tensor = Small.Trained.Single(candidate => candidate.Name == name);
        GradientCheck.Agrees(weights, gradient, Loss, name, tensor.Offset, tensor.Length);
        GradientCheck.AgreesAsAWhole(weights, gradient, Loss, name, tensor.Offset, tensor.Length);
        Assert.True(tensor.Of(gradient.AsSpan()).ToArray().Any(slope => Math.Abs(slope) > 1e-3), "the tensor has an effect in this check");
    }

    [Fact]
    public void Forward_SequenceAlone_IsTheSameAsAmongOthers()
    {
        var weights = Small.Initialise(new SeededRandom(67));
        var (among, alone) = (Outputs(Ragged, weights), Outputs(new TermSequences([0, 4], [0, 2, 3, 5, 6], [3, 3, 2, 4, 1, 6]), weights));

        Assert.All(alone.Zip(among[4..]), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.NotEqual(among[..2], among[4..]);
    }

    [Fact]
    public void Forward_PositionsSwapped_IsAnotherOutput()
    {
        var weights = Small.Initialise(new SeededRandom(71));

        Assert.NotEqual(Outputs(new TermSequences([0, 2], [0, 1, 2], [1, 2]), weights), Outputs(new TermSequences([0, 2], [0, 1, 2], [2, 1]), weights));
    }

    [Fact]
    public void Steps_AnyThreads_AreTheSameBitByBitAndAllocateNothing()
    {
        var (alone, allocated) = Train(1);
        var (shared, _) = Train(3);

        Assert.Equal(alone, shared);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Forward_TooLong_NamesLengthAndLimit()
    {
        var exception = Assert.Throws<ArgumentException>(() => Outputs(new TermSequences([0, 5], [0, 1, 1, 1, 1, 1], [0]), Small.Initialise(new SeededRandom(1))));

        Assert.Contains("up to 5 positions", exception.Message, StringComparison.Ordinal);
        Assert.Contains("up to 4", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new int[] { 0, 0, 1 })]
    [InlineData(new int[] { 0, 2 })]
    [InlineData(new int[] { 1 })]
    public void TermSequences_StartsThatDoNotCut_NameTheRule(int[] sequences)
    {
        var exception = Assert.Throws<ArgumentException>(() => new TermSequences(sequences, [0, 1], [0]));

        Assert.Contains("must go from 0 to 1", exception.Message, StringComparison.Ordinal);
    }

    private float[] Outputs(TermSequences batch, float[] weights)
    {
        var activations = new TransformerActivations(Small.Architecture);
        new TransformerNetwork(_backend).Forward(Small, weights, batch, activations);
        return activations.Outputs.ToArray();
    }

    /// <summary>Weights after some steps at a size that is shared between threads, and what a step allocates.</summary>
    private static (float[] Weights, long Allocated) Train(int threads)
    {
        using var backend = new ManagedBackend(threads);
        var random = new SeededRandom(73);
        var layout = new TransformerLayout(new TransformerArchitecture(300, 24, width: 64, heads: 4, inner: 160));
        var batch = new TermSequences(
            [.. Enumerable.Range(0, 33).Select(index => index * 24)],
            [.. Enumerable.Range(0, (32 * 24) + 1).Select(index => index * 2)],
            [.. Enumerable.Range(0, 32 * 24 * 2).Select(_ => random.NextInt(300))]);
        var (network, activations, weights) = (new TransformerNetwork(backend), new TransformerActivations(layout.Architecture), layout.Initialise(random));
        var (gradient, first, second) = (new float[layout.Length], new float[layout.Length], new float[layout.Length]);
        var optimiser = new AdamW(new AdamWOptions(), backend);
        var slopes = RandomBatches.Row(random, 32);
        Step(1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Step(2);
        Step(3);
        return (weights, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int number)
        {
            network.Forward(layout, weights, batch, activations);
            network.Backward(layout, weights, batch, activations, slopes, gradient);
            optimiser.Step(layout, number, weights, gradient, first, second);
        }
    }
}
