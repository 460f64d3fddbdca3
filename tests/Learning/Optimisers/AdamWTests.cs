using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Models;
using StepTool.Learning.Optimisers;
using Xunit;

namespace StepTool.Tests.Learning.Optimisers;

[Trait("Kind", "Unit")]
public sealed class AdamWTests
{
    private static readonly ParameterLayout Layout = new(new CandidateArchitecture(1, 1, 1, 1, 1));

    [Fact]
    public void Step_TwoSteps_IsTheHandComputedResult()
    {
        // Step 1: m 0.1 g, v 0.001 g², both corrected to g and g²: w - rate. Step 2 with -g: m (0.09 - 0.1) g = -0.01 g corrected by 0.19;
        // v 0.001999 g² corrected by 0.001999: w + rate 0.01 / 0.19.
        var run = new Run(new AdamWOptions { LearningRate = 0.1, WeightDecay = 0, MaxGradientNorm = 1e9 });

        run.Step(2);
        Assert.Equal(1 - 0.1, run.Weights[0], 5);
        run.Step(-2);
        Assert.Equal(1 - 0.1 + (0.1 * 0.01 / 0.19), run.Weights[0], 5);
    }

    [Fact]
    public void Step_GradientScaled_MovesAlike()
    {
        var small = new Run(new AdamWOptions { MaxGradientNorm = 1e9 });
        var large = new Run(new AdamWOptions { MaxGradientNorm = 1e9 });
        small.Step(0.5f);
        large.Step(500);

        Assert.Equal(small.Weights[0], large.Weights[0], 5);
    }

    [Fact]
    public void Step_NoGradient_DecaysMatricesAndLeavesVectors()
    {
        var run = new Run(new AdamWOptions { LearningRate = 0.1, WeightDecay = 0.5 });

        run.Step(0);

        Assert.All(Layout.Trained.Where(tensor => tensor.Decays), tensor => Assert.Equal(0.95f, run.Weights[tensor.Offset], 6));
        Assert.All(Layout.Trained.Where(tensor => !tensor.Decays), tensor => Assert.Equal(1f, run.Weights[tensor.Offset]));
    }

    [Fact]
    public void Step_LongGradient_IsShortenedButReportedWhole()
    {
        var clipped = new Run(new AdamWOptions { MaxGradientNorm = 1, Epsilon = 1 });
        var unit = new Run(new AdamWOptions { MaxGradientNorm = 1e9, Epsilon = 1 });
        var length = Math.Sqrt(Layout.TrainedLength);

        var norm = clipped.Step(10);
        unit.Step((float)(1 / length));

        Assert.Equal(10 * length, norm, 3);
        Assert.Equal(unit.Weights[0], clipped.Weights[0], 6);
    }

    [Fact]
    public void Step_InfiniteGradient_NamesTheTensorAndChangesNothing()
    {
        var run = new Run(new AdamWOptions());
        var tensor = Layout.Trained[^2];
        var gradient = new float[Layout.TrainedLength];
        gradient[tensor.Offset] = float.NegativeInfinity;

        var exception = Assert.Throws<NonFiniteTensorException>(() => run.Step(gradient));

        Assert.Equal(("gradient", tensor.Name, 0), (exception.Role, exception.Tensor, exception.Index));
        Assert.All(run.Weights, weight => Assert.Equal(1f, weight));
    }

    [Fact]
    public void Constructor_RateOutOfRange_NamesKeyValueRuleAndRemedy()
    {
        var exception = Assert.Throws<ArgumentException>(() => new Run(new AdamWOptions { LearningRate = 5 }));

        Assert.StartsWith("Option 'Optimiser.LearningRate' is 5; it must be from 1E-08 to 1. 1e-4 to 3e-3 are usual.", exception.Message, StringComparison.Ordinal);
    }

    private sealed class Run
    {
        private readonly AdamW _optimiser;
        private readonly float[] _first = new float[Layout.TrainedLength];
        private readonly float[] _second = new float[Layout.TrainedLength];
        private int _step;

        public Run(AdamWOptions options)
        {
            _optimiser = new AdamW(options, new ManagedBackend(1));
            Weights.AsSpan().Fill(1);
        }

        public float[] Weights { get; } = new float[Layout.Length];

        public double Step(float slope) => Step([.. Enumerable.Repeat(slope, Layout.TrainedLength)]);

        public double Step(float[] gradient) => _optimiser.Step(Layout, ++_step, Weights, gradient, _first, _second);
    }
}
