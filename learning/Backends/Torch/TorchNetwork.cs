using System.Runtime.InteropServices;
using StepTool.Learning.Backends.Managed;
using StepTool.Learning.Batches;
using StepTool.Learning.Learner;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;
using static TorchSharp.torch;

namespace StepTool.Learning.Backends.Torch;

/// <summary>The equations of <see cref="CandidateNetwork"/> in Torch. What crosses to the device and back: weights, features, logits, values and their gradients.</summary>
internal sealed class TorchNetwork(CandidateArchitecture architecture, Device device) : ILearnerNetwork
{
    private const int RowsPerPass = 16_384;
    private const double NormEpsilon = 1e-5;

    private readonly Activations _activations = new(architecture);
    private readonly ShardPlan _plan = new();

    /// <inheritdoc/>
    public LossSums Gradient(
        ParameterLayout layout, ReadOnlyMemory<float> weights, DecisionBatch batch, ReadOnlyMemory<int> decisions, IDecisionLoss loss, float[] gradient)
    {
        using var scope = NewDisposeScope();
        var tensors = Tensors(layout, weights.Span, learns: true);
        var sums = default(LossSums);
        _plan.Cut(batch, decisions.Span, RowsPerPass);
        for (var pass = 0; pass < _plan.Count; pass++)
        {
            using var passScope = NewDisposeScope();
            var picked = decisions.Span[_plan.Start(pass).._plan.End(pass)];
            var (logits, values) = Forward(layout, tensors, batch, picked);
            var logitGradient = new float[_activations.Candidates];
            var valueGradient = new float[picked.Length];
            sums.Add(loss.Evaluate(picked, _activations, 1.0 / decisions.Length, logitGradient, valueGradient));
            // The gradient of this sum is the chain rule from the loss's gradients.
            var chained = (logits * OnDevice(logitGradient, logitGradient.Length)).sum() + (values * OnDevice(valueGradient, valueGradient.Length)).sum();
            chained.backward();
        }

        var whole = cat([.. layout.Trained.Select(slice => tensors[slice.Offset].grad!.reshape(-1))]);
        ToHost(whole, gradient);
        return sums;
    }

    /// <inheritdoc/>
    public void Score(NetworkWeights weights, DecisionBatch batch, ReadOnlyMemory<int> all, Memory<float> logProbabilities, Memory<float> values, bool asScores = false)
    {
        using var without = no_grad();
        using var scope = NewDisposeScope();
        var tensors = Tensors(weights.Layout, weights.Values, learns: false);
        _plan.Cut(batch, all.Span, RowsPerPass);
        for (var pass = 0; pass < _plan.Count; pass++)
        {
            using var passScope = NewDisposeScope();
            var (from, to) = (_plan.Start(pass), _plan.End(pass));
            Forward(weights.Layout, tensors, batch, all.Span[from..to]);
            (asScores ? _activations.Logits : _activations.LogProbabilities).CopyTo(logProbabilities.Span[batch.Offsets[from]..]);
            _activations.Values.CopyTo(values.Span[from..]);
        }
    }

    private (Tensor Logits, Tensor Values) Forward(ParameterLayout layout, Dictionary<int, Tensor> tensors, DecisionBatch batch, ReadOnlySpan<int> picked)
    {
        CandidateNetwork.RequireFeatures(layout.Architecture, batch);
        var (candidates, situations) = Standardised(tensors, layout, batch, picked);
        var (segments, padded) = Indices();
        var (decisions, count) = (picked.Length, _activations.Candidates);
        var lengths = bincount(segments, minlength: decisions).to(ScalarType.Float32).unsqueeze(1);

        var shared = situations.matmul(W(layout.SituationWeight)) + W(layout.FirstBias);
        var before = shared.index_select(0, segments) + candidates.matmul(W(layout.CandidateWeight));
        var normalised = nn.functional.layer_norm(
            before, [architecture.FirstHidden], W(layout.NormGain).reshape(-1), W(layout.NormBias).reshape(-1), NormEpsilon);
        var first = nn.functional.silu(normalised);
        var context = Mean(first);
        shared = context.matmul(W(layout.ContextWeight)) + W(layout.SecondBias);
        var second = nn.functional.silu(first.matmul(W(layout.SecondWeight)) + shared.index_select(0, segments));
        var logits = second.matmul(W(layout.LogitWeight));
        if (architecture.Shortcut)
        {
            logits += candidates.matmul(W(layout.ShortcutWeight));
        }

        var largest = second.index_select(0, padded.reshape(-1)).reshape(decisions, -1, architecture.SecondHidden).max(1).values;
        var pooled = cat([situations, Mean(second), largest], 1);
        var hidden = nn.functional.silu(pooled.matmul(W(layout.ValueHiddenWeight)) + W(layout.ValueHiddenBias));
        var values = hidden.matmul(W(layout.ValueWeight)) + W(layout.ValueBias);
        (logits, values) = (logits.reshape(-1), values.reshape(-1));
        ToHost(logits, _activations.LogitBuffer);
        ToHost(values, _activations.ValueBuffer);
        Segments.LogSoftmax(_activations.Offsets, _activations.LogitBuffer.AsSpan(0, count), _activations.LogProbabilityBuffer.AsSpan(0, count));
        return (logits, values);

        Tensor W(TensorSlice slice) => tensors[slice.Offset];

        Tensor Mean(Tensor rows) => zeros([decisions, rows.shape[1]], device: device).index_add(0, segments, rows, 1) / lengths;
    }

    /// <summary>The picked decisions' features on the device, standardised; their offsets are kept beside.</summary>
    private (Tensor Candidates, Tensor Situations) Standardised(Dictionary<int, Tensor> tensors, ParameterLayout layout, DecisionBatch batch, ReadOnlySpan<int> picked)
    {
        var (features, situationFeatures, count) = (batch.CandidateFeatureCount, batch.SituationFeatureCount, 0);
        foreach (var decision in picked)
        {
            count += batch.Offsets[decision + 1] - batch.Offsets[decision];
        }

        _activations.Resize(picked.Length, count);
        var row = 0;
        for (var index = 0; index < picked.Length; index++)
        {
            var (from, to) = (batch.Offsets[picked[index]], batch.Offsets[picked[index] + 1]);
            batch.CandidateFeatures[(from * features)..(to * features)].CopyTo(_activations.CandidateInput.AsSpan(row * features));
            batch.SituationFeatures.Slice(picked[index] * situationFeatures, situationFeatures).CopyTo(_activations.SituationInput.AsSpan(index * situationFeatures));
            row += to - from;
            _activations.OffsetBuffer[index + 1] = row;
        }

        var candidates = OnDevice(_activations.CandidateInput, count, features);
        var situations = OnDevice(_activations.SituationInput, picked.Length, situationFeatures);
        return (
            (candidates - tensors[layout.CandidateMean.Offset]) * tensors[layout.CandidateScale.Offset],
            (situations - tensors[layout.SituationMean.Offset]) * tensors[layout.SituationScale.Offset]);
    }

    /// <summary>Each row's decision [rows], and each decision's rows, the last of them again and again up to the longest decision's length [decisions, longest].</summary>
    private (Tensor Segments, Tensor Padded) Indices()
    {
        var offsets = _activations.Offsets;
        var longest = 0;
        for (var decision = 0; decision < _activations.Decisions; decision++)
        {
            longest = Math.Max(longest, offsets[decision + 1] - offsets[decision]);
        }

        var segments = new long[_activations.Candidates];
        var padded = new long[_activations.Decisions * longest];
        for (var decision = 0; decision < _activations.Decisions; decision++)
        {
            segments.AsSpan(offsets[decision]..offsets[decision + 1]).Fill(decision);
            for (var column = 0; column < longest; column++)
            {
                padded[(decision * longest) + column] = Math.Min(offsets[decision] + column, offsets[decision + 1] - 1);
            }
        }

        return (tensor(segments, device: device), tensor(padded, device: device));
    }

    private Dictionary<int, Tensor> Tensors(ParameterLayout layout, ReadOnlySpan<float> weights, bool learns)
    {
        var flat = OnDevice(weights, layout.Length);
        Dictionary<int, Tensor> tensors = [];
        foreach (var slice in layout.All)
        {
            var part = flat.narrow(0, slice.Offset, slice.Length).view(slice.Rows, slice.Columns);
            part.requires_grad = learns && slice.Offset < layout.TrainedLength;
            tensors.Add(slice.Offset, part);
        }

        return tensors;
    }

    private Tensor OnDevice(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape)
    {
        var host = empty(shape.ToArray(), ScalarType.Float32);
        var bytes = host.bytes;
        MemoryMarshal.AsBytes(values)[..bytes.Length].CopyTo(bytes);
        return host.to(device);
    }

    private static void ToHost(Tensor values, Span<float> result) => values.detach().cpu().data<float>().CopyTo(result);
}
