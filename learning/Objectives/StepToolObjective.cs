using StepTool.Learning.Batches;

namespace StepTool.Learning.Objectives;

/// <summary>Turns episodes with a reward for each step into advantages and returns.</summary>
/// <remarks>
/// StepTool, arXiv:2410.07745, step-grained optimisation. Differs from the released code: credit crosses turns and not tokens, the terminal score is kept
/// (the release multiplies it by 0), KL is an exact term of the loss and not a part of the reward.
/// </remarks>
public sealed class StepToolObjective
{
    private readonly CreditOptions _options;
    private float[] _whitened = [];

    /// <summary>Makes an objective.</summary>
    /// <param name="options">How rewards become credit.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public StepToolObjective(CreditOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <summary>Weighs every step of the episodes.</summary>
    /// <param name="episodes">The episodes; no two share a decision.</param>
    /// <param name="values">The critic's values [decisions of the batch].</param>
    /// <param name="weights">Receives advantages and returns.</param>
    /// <exception cref="ArgumentException">An episode reaches beyond the batch, or two share a decision.</exception>
    public void Weigh(IReadOnlyList<TrainingEpisode> episodes, ReadOnlySpan<float> values, StepWeights weights)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentNullException.ThrowIfNull(weights);
        weights.Reset(values.Length);
        // Returns mark what has been seen: a NaN is a decision that no episode has claimed yet.
        weights.Returns.Span.Fill(float.NaN);
        foreach (var episode in episodes)
        {
            if (episode.To > values.Length)
            {
                throw new ArgumentException($"An episode has decisions {episode.From} to {episode.To - 1}, the batch has 0 to {values.Length - 1}.", nameof(episodes));
            }

            for (var decision = episode.From; decision < episode.To; decision++)
            {
                if (!float.IsNaN(weights.Returns.Span[decision]))
                {
                    throw new ArgumentException($"Decision {decision} belongs to two episodes; each may be used once.", nameof(episodes));
                }

                weights.Returns.Span[decision] = 0;
                weights.AddRow(decision);
            }

            Estimate(episode, values[episode.From..episode.To], weights);
        }

        foreach (ref var value in weights.Returns.Span)
        {
            value = float.IsNaN(value) ? 0 : value;
        }

        if (_options.Whiten)
        {
            Whiten(weights);
        }
    }

    private void Estimate(TrainingEpisode episode, ReadOnlySpan<float> values, StepWeights weights)
    {
        var after = episode.End == EpisodeEnd.Terminal ? 0 : values[^1];
        var advantages = weights.Advantages.Span[episode.From..episode.To];
        var returns = weights.Returns.Span[episode.From..episode.To];
        switch (_options.Estimator)
        {
            case CreditEstimator.GeneralisedAdvantage:
                GeneralisedAdvantage.Estimate(episode.Rewards, values, after, _options.Gamma, _options.Lambda, advantages, returns);
                break;
            case CreditEstimator.ReturnToGo:
                ReturnToGo.Estimate(episode.Rewards, after, _options.Gamma, returns);
                returns.CopyTo(advantages);
                break;
            default:
                throw new ArgumentException($"Option 'Credit.Estimator' is {_options.Estimator}; it must be one of {string.Join(", ", Enum.GetNames<CreditEstimator>())}.");
        }
    }

    private void Whiten(StepWeights weights)
    {
        if (_whitened.Length < weights.RowCount)
        {
            _whitened = new float[weights.RowCount];
        }

        var whitened = _whitened.AsSpan(0, weights.RowCount);
        for (var row = 0; row < whitened.Length; row++)
        {
            whitened[row] = weights.Advantages.Span[weights.Rows[row]];
        }

        Whitening.Apply(whitened);
        for (var row = 0; row < whitened.Length; row++)
        {
            weights.Advantages.Span[weights.Rows[row]] = whitened[row];
        }
    }
}
