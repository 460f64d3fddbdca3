using StepTool.Core.Chance;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Models.Transformers;
using StepTool.Learning.Optimisers;

namespace StepTool.Bench.Learning;

/// <summary>A training step of the encoder of 2 blocks (width 128, 4 heads, feed-forward 512) on 32 sequences of 32 bags of 3 terms: squared error, AdamW.</summary>
internal sealed class TransformerStep
{
    private const int Sequences = 32;
    private const int Positions = 32;
    private const int TermsPerPosition = 3;
    private const int Vocabulary = 4096;

    private readonly ManagedBackend _backend;
    private readonly TransformerNetwork _network;
    private readonly TransformerLayout _layout = new(new TransformerArchitecture(Vocabulary, Positions));
    private readonly TransformerActivations _activations;
    private readonly TermSequences _batch;
    private readonly float[] _weights;
    private readonly float[] _gradient;
    private readonly float[] _first;
    private readonly float[] _second;
    private readonly float[] _target;
    private readonly float[] _slope = new float[Sequences];
    private int _count;

    internal TransformerStep(ManagedBackend backend)
    {
        (_backend, _network, _activations) = (backend, new TransformerNetwork(backend), new TransformerActivations(_layout.Architecture));
        var random = new SeededRandom(1);
        _batch = new TermSequences(
            [.. Enumerable.Range(0, Sequences + 1).Select(index => index * Positions)],
            [.. Enumerable.Range(0, (Sequences * Positions) + 1).Select(index => index * TermsPerPosition)],
            [.. Enumerable.Range(0, Sequences * Positions * TermsPerPosition).Select(_ => random.NextInt(Vocabulary))]);
        _weights = _layout.Initialise(random);
        (_gradient, _first, _second) = (new float[_layout.Length], new float[_layout.Length], new float[_layout.Length]);
        _target = [.. Enumerable.Range(0, Sequences).Select(_ => (float)random.NextGaussian())];
    }

    /// <summary>Makes one step and returns the loss before it.</summary>
    internal double Run()
    {
        _network.Forward(_layout, _weights, _batch, _activations);
        var loss = 0.0;
        for (var sequence = 0; sequence < Sequences; sequence++)
        {
            var difference = _activations.Outputs[sequence] - _target[sequence];
            loss += difference * difference / Sequences;
            _slope[sequence] = 2 * difference / Sequences;
        }

        _network.Backward(_layout, _weights, _batch, _activations, _slope, _gradient);
        _count++;
        var constants = new AdamWStep(1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f, (float)(1 - Math.Pow(0.9, _count)), (float)(1 - Math.Pow(0.999, _count)), 1);
        for (var index = 0; index < _layout.Trained.Count; index++)
        {
            var tensor = _layout.Trained[index];
            var own = constants with { WeightDecay = tensor.Decays ? 0.01f : 0 };
            _backend.AdamWStep(own, tensor.Of(_weights.AsSpan()), tensor.Of(_gradient.AsSpan()), tensor.Of(_first.AsSpan()), tensor.Of(_second.AsSpan()));
        }

        return loss;
    }
}
