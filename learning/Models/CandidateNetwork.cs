using StepTool.Learning.Backends;
using StepTool.Learning.Batches;

namespace StepTool.Learning.Models;

/// <summary>Scores each decision's candidates against the situation and against each other, and estimates the return.</summary>
/// <remarks>
/// With x the candidate's and s the situation's standardised features: h1 = silu(norm(x A + s B + a)), c = mean of h1 over the candidates,
/// h2 = silu(h1 C + c D + b), logit = h2 w (+ x u with the shortcut), value = silu([s, mean h2, max h2] E + e) v + f. The order of candidates does not matter
/// (deep sets: Zaheer et al., 2017). Logits have no bias, since softmax would cancel it. What depends on the decision alone is computed once a decision.
/// </remarks>
/// <param name="backend">What computes.</param>
public sealed partial class CandidateNetwork(IComputeBackend backend)
{
    /// <summary>Scores the decisions that <paramref name="picked"/> names, in that order.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="picked">Decisions of the batch.</param>
    /// <param name="activations">Receives log-probabilities and values, and what the backward pass needs.</param>
    /// <exception cref="ArgumentException">The batch's features do not fit the network.</exception>
    public void Forward(NetworkWeights weights, DecisionBatch batch, ReadOnlySpan<int> picked, Activations activations)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Forward(weights.Layout, weights.Values, batch, picked, activations);
    }

    /// <summary>Scores a single decision.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="situation">The situation's features [features].</param>
    /// <param name="candidates">The candidates' features [candidates, features].</param>
    /// <param name="activations">Receives log-probabilities and the value.</param>
    /// <exception cref="ArgumentException">The features do not fit the network.</exception>
    public void Forward(NetworkWeights weights, ReadOnlySpan<float> situation, ReadOnlySpan<float> candidates, Activations activations)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(activations);
        var architecture = weights.Architecture;
        if (situation.Length != architecture.SituationFeatures || candidates.IsEmpty || candidates.Length % architecture.CandidateFeatures != 0)
        {
            throw new ArgumentException(
                $"The situation has [{situation.Length}] and the candidates have [{candidates.Length}] numbers; " +
                $"the network needs [{architecture.SituationFeatures}] and [candidates, {architecture.CandidateFeatures}].");
        }

        activations.Resize(1, candidates.Length / architecture.CandidateFeatures);
        activations.OffsetBuffer[1] = activations.Candidates;
        Standardise(weights.Layout, weights.Values, situation, candidates, 0, 0, activations);
        Layers(weights.Layout, weights.Values, activations);
    }

    internal static void RequireFeatures(CandidateArchitecture architecture, DecisionBatch batch)
    {
        if (batch.CandidateFeatureCount != architecture.CandidateFeatures || batch.SituationFeatureCount != architecture.SituationFeatures)
        {
            throw new ArgumentException(
                $"The batch has {batch.CandidateFeatureCount} candidate and {batch.SituationFeatureCount} situation features, " +
                $"the network has {architecture.CandidateFeatures} and {architecture.SituationFeatures}. Use features and weights of one schema.");
        }
    }

    internal void Forward(ParameterLayout layout, ReadOnlySpan<float> weights, DecisionBatch batch, ReadOnlySpan<int> picked, Activations activations)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(activations);
        RequireFeatures(layout.Architecture, batch);
        var offsets = batch.Offsets;
        var candidates = 0;
        foreach (var decision in picked)
        {
            candidates += offsets[decision + 1] - offsets[decision];
        }

        activations.Resize(picked.Length, candidates);
        var row = 0;
        for (var index = 0; index < picked.Length; index++)
        {
            var (from, to) = (offsets[picked[index]], offsets[picked[index] + 1]);
            var situation = batch.SituationFeatures.Slice(picked[index] * batch.SituationFeatureCount, batch.SituationFeatureCount);
            var rows = batch.CandidateFeatures[(from * batch.CandidateFeatureCount)..(to * batch.CandidateFeatureCount)];
            Standardise(layout, weights, situation, rows, index, row, activations);
            row += to - from;
            activations.OffsetBuffer[index + 1] = row;
        }

        if (picked.Length > 0)
        {
            Layers(layout, weights, activations);
        }
    }

    private void Standardise(
        ParameterLayout layout,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> situation,
        ReadOnlySpan<float> candidates,
        int decision,
        int row,
        Activations into)
    {
        var situationInput = into.SituationInput.AsSpan(decision * situation.Length, situation.Length);
        var candidateInput = into.CandidateInput.AsSpan(row * layout.Architecture.CandidateFeatures, candidates.Length);
        backend.Standardise(situation, layout.SituationMean.Of(weights), layout.SituationScale.Of(weights), situationInput);
        backend.Standardise(candidates, layout.CandidateMean.Of(weights), layout.CandidateScale.Of(weights), candidateInput);
    }

    private void Layers(ParameterLayout layout, ReadOnlySpan<float> weights, Activations a)
    {
        var shape = layout.Architecture;
        var (decisions, rows) = (a.Decisions, a.Candidates);
        var (features, situationFeatures, first, second) = (shape.CandidateFeatures, shape.SituationFeatures, shape.FirstHidden, shape.SecondHidden);
        var candidates = a.CandidateInput.AsSpan(0, rows * features);
        var situations = a.SituationInput.AsSpan(0, decisions * situationFeatures);

        var shared = a.DecisionScratch.AsSpan(0, decisions * first);
        var normalised = a.FirstNormalised.AsSpan(0, rows * first);
        var firstBefore = a.FirstBefore.AsSpan(0, rows * first);
        var firstOut = a.First.AsSpan(0, rows * first);
        backend.Linear(decisions, first, situationFeatures, situations, layout.SituationWeight.Of(weights), layout.FirstBias.Of(weights), shared);
        backend.SpreadSegments(a.Offsets, shared, average: false, normalised);
        backend.MatMul(MatMulForm.Plain, rows, first, features, candidates, layout.CandidateWeight.Of(weights), normalised, accumulate: true);
        backend.LayerNorm(normalised, layout.NormGain.Of(weights), layout.NormBias.Of(weights), a.DeviationBuffer.AsSpan(0, rows), firstBefore, firstOut);

        var context = a.Context.AsSpan(0, decisions * first);
        shared = a.DecisionScratch.AsSpan(0, decisions * second);
        var secondBefore = a.SecondBefore.AsSpan(0, rows * second);
        var secondOut = a.Second.AsSpan(0, rows * second);
        backend.SumSegments(a.Offsets, firstOut, average: true, context);
        backend.Linear(decisions, second, first, context, layout.ContextWeight.Of(weights), layout.SecondBias.Of(weights), shared);
        backend.SpreadSegments(a.Offsets, shared, average: false, secondBefore);
        backend.MatMul(MatMulForm.Plain, rows, second, first, firstOut, layout.SecondWeight.Of(weights), secondBefore, accumulate: true, secondOut);

        var logits = a.LogitBuffer.AsSpan(0, rows);
        backend.MatMul(MatMulForm.Plain, rows, 1, second, secondOut, layout.LogitWeight.Of(weights), logits);
        if (shape.Shortcut)
        {
            backend.MatMul(MatMulForm.Plain, rows, 1, features, candidates, layout.ShortcutWeight.Of(weights), logits, accumulate: true);
        }

        backend.LogSoftmaxSegments(a.Offsets, logits, a.LogProbabilityBuffer.AsSpan(0, rows));
        ValueHead(layout, weights, situations, secondOut, a);
    }

    private void ValueHead(ParameterLayout layout, ReadOnlySpan<float> weights, ReadOnlySpan<float> situations, ReadOnlySpan<float> secondOut, Activations a)
    {
        var shape = layout.Architecture;
        var (decisions, second, hidden) = (a.Decisions, shape.SecondHidden, shape.ValueHidden);
        var mean = a.DecisionScratch.AsSpan(0, decisions * second);
        var largest = a.DecisionScratch.AsSpan(decisions * second, decisions * second);
        backend.SumSegments(a.Offsets, secondOut, average: true, mean);
        backend.MaxSegments(a.Offsets, secondOut, largest, a.LargestRows.AsSpan(0, decisions * second));
        var pooled = a.Pooled.AsSpan(0, decisions * shape.PooledWidth);
        for (var decision = 0; decision < decisions; decision++)
        {
            var row = pooled.Slice(decision * shape.PooledWidth, shape.PooledWidth);
            situations.Slice(decision * shape.SituationFeatures, shape.SituationFeatures).CopyTo(row);
            mean.Slice(decision * second, second).CopyTo(row[shape.SituationFeatures..]);
            largest.Slice(decision * second, second).CopyTo(row[(shape.SituationFeatures + second)..]);
        }

        var before = a.ValueBefore.AsSpan(0, decisions * hidden);
        var after = a.ValueHidden.AsSpan(0, decisions * hidden);
        backend.Linear(decisions, hidden, shape.PooledWidth, pooled, layout.ValueHiddenWeight.Of(weights), layout.ValueHiddenBias.Of(weights), before, after);
        backend.Linear(decisions, 1, hidden, after, layout.ValueWeight.Of(weights), layout.ValueBias.Of(weights), a.ValueBuffer.AsSpan(0, decisions));
    }
}
