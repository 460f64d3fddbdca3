using StepTool.Learning.Optimisers;

namespace StepTool.Learning.Backends.Managed;

/// <summary>The arithmetic of AdamW (Loshchilov and Hutter, 2019, algorithm 2).</summary>
internal static class AdamWUpdate
{
    public static void Apply(in AdamWStep step, Span<float> weights, ReadOnlySpan<float> gradient, Span<float> firstMoment, Span<float> secondMoment)
    {
        var size = step.LearningRate / step.FirstCorrection;
        var rootCorrection = MathF.Sqrt(step.SecondCorrection);
        var kept = 1 - (step.LearningRate * step.WeightDecay);
        for (var index = 0; index < weights.Length; index++)
        {
            var slope = gradient[index] * step.GradientScale;
            var first = (step.FirstDecay * firstMoment[index]) + ((1 - step.FirstDecay) * slope);
            var second = (step.SecondDecay * secondMoment[index]) + ((1 - step.SecondDecay) * slope * slope);
            firstMoment[index] = first;
            secondMoment[index] = second;
            weights[index] = (weights[index] * kept) - (size * first / ((MathF.Sqrt(second) / rootCorrection) + step.Epsilon));
        }
    }
}
