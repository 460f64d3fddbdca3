using StepTool.Core.Chance;

namespace StepTool.Learning.Models.Transformers;

/// <summary>Where each tensor of a <see cref="TransformerNetwork"/> stands; all are trained.</summary>
public sealed class TransformerLayout : TensorLayout
{
    /// <summary>Lays out the tensors.</summary>
    /// <param name="architecture">The network's shape.</param>
    public TransformerLayout(TransformerArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Architecture = architecture;
        var width = architecture.Width;
        Terms = Matrix("terms", architecture.Vocabulary, width);
        Positions = Matrix("positions", architecture.MaxLength, width);
        Blocks = new BlockTensors[architecture.Layers];
        for (var index = 0; index < Blocks.Length; index++)
        {
            Blocks[index] = new BlockTensors(
                Vector($"blocks.{index}.attention.norm.gain", width),
                Vector($"blocks.{index}.attention.norm.bias", width),
                Matrix($"blocks.{index}.attention.project.weight", width, 3 * width),
                Vector($"blocks.{index}.attention.project.bias", 3 * width),
                Matrix($"blocks.{index}.attention.output.weight", width, width),
                Vector($"blocks.{index}.attention.output.bias", width),
                Vector($"blocks.{index}.feed.norm.gain", width),
                Vector($"blocks.{index}.feed.norm.bias", width),
                Matrix($"blocks.{index}.feed.inner.weight", width, architecture.Inner),
                Vector($"blocks.{index}.feed.inner.bias", architecture.Inner),
                Matrix($"blocks.{index}.feed.outer.weight", architecture.Inner, width),
                Vector($"blocks.{index}.feed.outer.bias", width));
        }

        NormGain = Vector("norm.gain", width);
        NormBias = Vector("norm.bias", width);
        OutputWeight = Matrix("output.weight", width, architecture.Outputs);
        OutputBias = Vector("output.bias", architecture.Outputs);
        EndTrained();
        End();
    }

    /// <summary>The network's shape.</summary>
    public TransformerArchitecture Architecture { get; }

    internal TensorSlice Terms { get; }

    internal TensorSlice Positions { get; }

    internal BlockTensors[] Blocks { get; }

    internal TensorSlice NormGain { get; }

    internal TensorSlice NormBias { get; }

    internal TensorSlice OutputWeight { get; }

    internal TensorSlice OutputBias { get; }

    /// <summary>Draws weights: products by their fan-in, embeddings small, gains 1, biases 0; what a block adds shrinks with the number of blocks.</summary>
    /// <param name="random">The generator; the same state gives the same weights.</param>
    /// <returns>The weights in the layout's order.</returns>
    public float[] Initialise(SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var values = new float[Length];
        Draw(Terms, 0.02);
        Draw(Positions, 0.02);
        foreach (var block in Blocks)
        {
            block.AttentionGain.Of(values.AsSpan()).Fill(1);
            block.FeedGain.Of(values.AsSpan()).Fill(1);
            Draw(block.ProjectWeight, Share(block.ProjectWeight));
            Draw(block.AttendedWeight, Share(block.AttendedWeight) / Math.Sqrt(2 * Blocks.Length));
            Draw(block.InnerWeight, Share(block.InnerWeight));
            Draw(block.OuterWeight, Share(block.OuterWeight) / Math.Sqrt(2 * Blocks.Length));
        }

        NormGain.Of(values.AsSpan()).Fill(1);
        Draw(OutputWeight, Share(OutputWeight));
        return values;

        static double Share(TensorSlice tensor) => 1 / Math.Sqrt(tensor.Rows);

        void Draw(TensorSlice tensor, double deviation)
        {
            foreach (ref var weight in tensor.Of(values.AsSpan()))
            {
                weight = (float)(deviation * random.NextGaussian());
            }
        }
    }
}

/// <summary>The tensors of one block.</summary>
internal sealed record BlockTensors(
    TensorSlice AttentionGain,
    TensorSlice AttentionBias,
    TensorSlice ProjectWeight,
    TensorSlice ProjectBias,
    TensorSlice AttendedWeight,
    TensorSlice AttendedBias,
    TensorSlice FeedGain,
    TensorSlice FeedBias,
    TensorSlice InnerWeight,
    TensorSlice InnerBias,
    TensorSlice OuterWeight,
    TensorSlice OuterBias);
