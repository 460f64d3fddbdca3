using StepTool.Learning.Backends;
using StepTool.Learning.Models;

namespace StepTool.Learning.Optimisers;

/// <summary>Adam with decoupled weight decay, bias correction and clipping of the gradient's global norm.</summary>
/// <remarks>Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2. Vectors (biases, gains) do not decay.</remarks>
public sealed class AdamW
{
    private readonly AdamWOptions _options;
    private readonly ILearnerBackend _backend;

    /// <summary>Makes an optimiser.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="backend">What computes.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public AdamW(AdamWOptions options, ILearnerBackend backend)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(backend);
        options.Validate();
        _options = options;
        _backend = backend;
    }

    /// <summary>Makes one step on all trained weights.</summary>
    /// <param name="layout">Where each tensor stands.</param>
    /// <param name="step">The number of this step, from 1.</param>
    /// <param name="weights">The weights, changed in place [at least the trained weights].</param>
    /// <param name="gradient">Their gradient [trained weights].</param>
    /// <param name="firstMoment">The running mean of gradients, changed in place [trained weights].</param>
    /// <param name="secondMoment">The running mean of squared gradients, changed in place [trained weights].</param>
    /// <returns>The gradient's norm before clipping.</returns>
    /// <exception cref="NonFiniteTensorException">A gradient is NaN or infinite, and nothing was changed; or a weight became so.</exception>
    public double Step(
        TensorLayout layout, long step, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> firstMoment, Span<float> secondMoment)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        NonFiniteTensorException.ThrowIfAny("gradient", layout, gradient);
        var norm = Norm(gradient);
        var clipped = norm > _options.MaxGradientNorm ? _options.MaxGradientNorm / norm : 1;
        var tensors = layout.Trained;
        for (var index = 0; index < tensors.Count; index++) // foreach over the interface would allocate
        {
            var tensor = tensors[index];
            var constants = new AdamWStep(
                (float)_options.LearningRate,
                (float)_options.FirstDecay,
                (float)_options.SecondDecay,
                (float)_options.Epsilon,
                tensor.Decays ? (float)_options.WeightDecay : 0,
                (float)(1 - Math.Pow(_options.FirstDecay, step)),
                (float)(1 - Math.Pow(_options.SecondDecay, step)),
                (float)clipped);
            _backend.AdamWStep(constants, tensor.Of(weights), tensor.Of(gradient), tensor.Of(firstMoment), tensor.Of(secondMoment));
        }

        NonFiniteTensorException.ThrowIfAny("weight", layout, weights);
        return norm;
    }

    /// <summary>The Euclidean norm of a whole gradient.</summary>
    /// <param name="gradient">The gradient.</param>
    public static double Norm(ReadOnlySpan<float> gradient)
    {
        var sum = 0.0;
        foreach (var slope in gradient)
        {
            sum += (double)slope * slope;
        }

        return Math.Sqrt(sum);
    }
}
