using StepTool.Learning.Backends;
using StepTool.Learning.Batches;
using StepTool.Learning.Objectives;
using StepTool.Learning.Optimisers;

namespace StepTool.Learning.Learner;

/// <summary>Goes through decisions in shuffled mini-batches and steps the optimiser.</summary>
internal sealed class EpochLoop(PolicyLearnerOptions options, ILearnerNetwork network, AdamW optimiser)
{
    private float[] _gradient = [];

    /// <summary>The largest gradient norm since <see cref="Start"/>.</summary>
    public double GradientNorm { get; private set; }

    /// <summary>Mini-batches since <see cref="Start"/>.</summary>
    public int MiniBatches { get; private set; }

    /// <summary>Decisions since <see cref="Start"/>, each counted once an epoch.</summary>
    public int Rows { get; private set; }

    /// <summary>Forgets the last update's counts.</summary>
    public void Start()
    {
        GradientNorm = 0;
        MiniBatches = 0;
        Rows = 0;
    }

    /// <summary>Runs one epoch over <paramref name="rows"/>, which it shuffles.</summary>
    public LossSums Run(LearnerDraft draft, DecisionBatch batch, Memory<int> rows, IDecisionLoss loss, CancellationToken cancellationToken)
    {
        if (_gradient.Length != draft.Layout.TrainedLength)
        {
            _gradient = new float[draft.Layout.TrainedLength];
        }

        draft.Random.Shuffle(rows.Span);
        var sums = default(LossSums);
        for (var from = 0; from < rows.Length; from += options.MiniBatchRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = rows[from..Math.Min(from + options.MiniBatchRows, rows.Length)];
            var partSums = network.Gradient(draft.Layout, draft.Weights, batch, part, loss, _gradient);
            partSums.RequireFinite();
            sums.Add(partSums);
            GradientNorm = Math.Max(GradientNorm, draft.Step(optimiser, _gradient));
            MiniBatches++;
            Rows += part.Length;
        }

        return sums;
    }
}
