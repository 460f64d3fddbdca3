using StepTool.Core.Chance;
using StepTool.Learning.Backends;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Optimisers;

namespace StepTool.Bench.Learning;

/// <summary>A training step of a plain network 256-512-512-1 (SiLU, squared error, AdamW) in the managed backend's operations.</summary>
internal sealed class MlpStep
{
    private static readonly int[] Widths = [256, 512, 512, 1];

    private readonly ManagedBackend _backend;
    private readonly int _rows;
    private readonly Layer[] _layers;
    private readonly float[] _target;
    private int _count;

    internal MlpStep(ManagedBackend backend, int rows)
    {
        (_backend, _rows) = (backend, rows);
        var random = new SeededRandom(1);
        _layers = [.. Enumerable.Range(0, 3).Select(index => new Layer(Widths[index], Widths[index + 1], rows, random))];
        _target = [.. Enumerable.Range(0, rows).Select(_ => (float)random.NextGaussian())];
    }

    /// <summary>Makes one step and returns the loss before it.</summary>
    internal double Run()
    {
        for (var index = 0; index < _layers.Length; index++)
        {
            var layer = _layers[index];
            _backend.Linear(
                _rows, layer.Outputs, layer.Inputs, layer.Input, layer.Weights, layer.Bias, layer.Before, index + 1 < _layers.Length ? _layers[index + 1].Input : default(Span<float>));
        }

        var loss = 0.0;
        var last = _layers[^1];
        for (var row = 0; row < _rows; row++)
        {
            var difference = last.Before[row] - _target[row];
            loss += difference * difference / _rows;
            last.Slope[row] = 2 * difference / _rows;
        }

        for (var index = _layers.Length - 1; index >= 0; index--)
        {
            var layer = _layers[index];
            _backend.MatMul(MatMulForm.LeftTransposed, layer.Inputs, layer.Outputs, _rows, layer.Input, layer.Slope, layer.Gradient);
            _backend.SumRows(layer.Slope, layer.BiasGradient);
            if (index > 0)
            {
                var below = _layers[index - 1];
                _backend.MatMul(MatMulForm.RightTransposed, _rows, layer.Inputs, layer.Outputs, layer.Slope, layer.Weights, below.Slope);
                _backend.SiluBackward(below.Before, below.Slope);
            }
        }

        _count++;
        var constants = new AdamWStep(1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, (float)(1 - Math.Pow(0.9, _count)), (float)(1 - Math.Pow(0.999, _count)), 1);
        foreach (var layer in _layers)
        {
            _backend.AdamWStep(constants, layer.Weights, layer.Gradient, layer.First, layer.Second);
            _backend.AdamWStep(constants with { WeightDecay = 0 }, layer.Bias, layer.BiasGradient, layer.BiasFirst, layer.BiasSecond);
        }

        return loss;
    }

    private sealed class Layer(int inputs, int outputs, int rows, SeededRandom random)
    {
        public int Inputs { get; } = inputs;

        public int Outputs { get; } = outputs;

        public float[] Weights { get; } = [.. Enumerable.Range(0, inputs * outputs).Select(_ => (float)(random.NextGaussian() / Math.Sqrt(inputs)))];

        public float[] Gradient { get; } = new float[inputs * outputs];

        public float[] First { get; } = new float[inputs * outputs];

        public float[] Second { get; } = new float[inputs * outputs];

        public float[] Bias { get; } = new float[outputs];

        public float[] BiasGradient { get; } = new float[outputs];

        public float[] BiasFirst { get; } = new float[outputs];

        public float[] BiasSecond { get; } = new float[outputs];

        public float[] Input { get; } = [.. Enumerable.Range(0, rows * inputs).Select(_ => (float)random.NextGaussian())];

        public float[] Before { get; } = new float[rows * outputs];

        public float[] Slope { get; } = new float[rows * outputs];
    }
}
