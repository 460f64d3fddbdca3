using StepTool.Learning.Backends;
using StepTool.Learning.Batches;
using StepTool.Learning.Objectives;
using StepTool.Learning.Optimisers;

namespace StepTool.Learning.Learner;

/// <summary>
/// The gradient work of one update: epochs of shuffled mini-batches, an optimiser step after each, until a quota of rows is used. A row is the forward and
/// backward pass of one decision, through the policy or through a critic.
/// </summary>
/// <remarks>
/// An epoch has as many rows as the batch has decisions at most, the quota as many as the epochs' turns, and what a method learns from comes again, reshuffled, until they are used: so every method makes equally
/// many gradient rows and optimiser steps of the same batch, however few of its decisions it can use.
/// </remarks>
internal sealed class Descent(PolicyLearnerOptions options, ILearnerNetwork network, AdamW optimiser, int quota)
{
    private float[] _gradient = [];

    /// <summary>All rows that this update may use.</summary>
    public int Quota => quota;

    /// <summary>Rows used so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Optimiser steps so far.</summary>
    public int MiniBatches { get; private set; }

    /// <summary>The largest gradient norm so far, before clipping.</summary>
    public double GradientNorm { get; private set; }

    /// <summary>Whether rows are left.</summary>
    public bool GoesOn => Rows < quota;

    /// <summary>Runs one epoch, which is cut short where the quota ends.</summary>
    /// <param name="draft">What is improved.</param>
    /// <param name="batch">The decisions.</param>
    /// <param name="decisions">Those that the loss is a mean of.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="most">Rows at most.</param>
    /// <param name="cancellationToken">Checked between mini-batches.</param>
    public LossSums Run(LearnerDraft draft, DecisionBatch batch, DecisionCycle decisions, IDecisionLoss loss, int most, CancellationToken cancellationToken)
    {
        if (_gradient.Length != draft.Layout.TrainedLength)
        {
            _gradient = new float[draft.Layout.TrainedLength];
        }

        var rows = decisions.Take(Math.Min(most, Math.Min(batch.Decisions, quota - Rows)));
        var (sums, before) = (default(LossSums), default(LossSums));
        for (var from = 0; from < rows.Length; from += options.MiniBatchRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = rows[from..Math.Min(from + options.MiniBatchRows, rows.Length)];
            var partSums = network.Gradient(draft.Layout, draft.Weights, batch, part, loss, _gradient);
            partSums.RequireFinite();
            // A mini-batch that was cut short is judged together with the one before it: of few decisions one can be far off by chance.
            var judged = partSums;
            judged.Add(part.Length < options.MiniBatchRows ? before : default);
            RunawayKlException.ThrowIfBeyond(loss.Distance(judged), options.RunawayKl);
            before = partSums;
            sums.Add(partSums);
            GradientNorm = Math.Max(GradientNorm, draft.Step(optimiser, _gradient));
            MiniBatches++;
            Rows += part.Length;
        }

        return sums;
    }
}
