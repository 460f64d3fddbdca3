using System.Numerics;
using System.Runtime.InteropServices;
using StepTool.Learning.Optimisers;

namespace StepTool.Learning.Backends.Managed;

/// <summary>The arithmetic of AdamW (Loshchilov and Hutter, 2019, algorithm 2).</summary>
internal readonly unsafe struct AdamWUpdate(AdamWStep step, float* weights, float* gradient, float* firstMoment, float* secondMoment, int length) : IWork
{
    public void Run(int index)
    {
        var start = index * Pieces.Length;
        var count = Math.Min(Pieces.Length, length - start);
        Apply(
            step,
            new Span<float>(weights + start, count),
            new ReadOnlySpan<float>(gradient + start, count),
            new Span<float>(firstMoment + start, count),
            new Span<float>(secondMoment + start, count));
    }

    /// <summary>The same on any memory, for backends that keep the moments where these are.</summary>
    internal static void Apply(AdamWStep step, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> firstMoment, Span<float> secondMoment)
    {
        var size = step.LearningRate / step.FirstCorrection;
        var rootCorrection = 1 / MathF.Sqrt(step.SecondCorrection);
        var kept = 1 - (step.LearningRate * step.WeightDecay);
        var weightVectors = MemoryMarshal.Cast<float, Vector<float>>(weights);
        var gradientVectors = MemoryMarshal.Cast<float, Vector<float>>(gradient)[..weightVectors.Length];
        var firstVectors = MemoryMarshal.Cast<float, Vector<float>>(firstMoment)[..weightVectors.Length];
        var secondVectors = MemoryMarshal.Cast<float, Vector<float>>(secondMoment)[..weightVectors.Length];
        for (var index = 0; index < weightVectors.Length; index++)
        {
            var slope = gradientVectors[index] * step.GradientScale;
            var first = (firstVectors[index] * step.FirstDecay) + (slope * (1 - step.FirstDecay));
            var second = (secondVectors[index] * step.SecondDecay) + (slope * slope * (1 - step.SecondDecay));
            firstVectors[index] = first;
            secondVectors[index] = second;
            var root = (Vector.SquareRoot(second) * rootCorrection) + new Vector<float>(step.Epsilon);
            weightVectors[index] = (weightVectors[index] * kept) - (first * size / root);
        }

        for (var index = weightVectors.Length * Vector<float>.Count; index < weights.Length; index++)
        {
            var slope = gradient[index] * step.GradientScale;
            var first = (firstMoment[index] * step.FirstDecay) + (slope * (1 - step.FirstDecay));
            var second = (secondMoment[index] * step.SecondDecay) + (slope * slope * (1 - step.SecondDecay));
            firstMoment[index] = first;
            secondMoment[index] = second;
            weights[index] = (weights[index] * kept) - (first * size / ((MathF.Sqrt(second) * rootCorrection) + step.Epsilon));
        }
    }
}
