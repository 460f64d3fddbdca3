using StepTool.Core.Rewards;
using StepTool.Learning.Batches;

namespace StepTool.Learning.Objectives;

/// <summary>Turns episodes with a reward for each step into advantages and returns.</summary>
/// <remarks>
/// StepTool, arXiv:2410.07745, step-grained optimisation. Differs from the released code by default: credit crosses turns and not tokens, the terminal score
/// is kept (the release multiplies it by 0), KL is an exact term of the loss and not a part of the reward. The first two are <see cref="CreditRule"/>'s to choose.
/// </remarks>
public sealed class StepToolObjective : IObjective
{
    private readonly CreditOptions _options;
    private float[] _scores = [];

    /// <summary>Makes an objective.</summary>
    /// <param name="options">How rewards become credit.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public StepToolObjective(CreditOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <inheritdoc/>
    public void Weigh(IReadOnlyList<TrainingEpisode> episodes, ReadOnlySpan<float> values, StepWeights weights)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentNullException.ThrowIfNull(weights);
        weights.Claim(episodes, values.Length);
        foreach (var episode in episodes)
        {
            Estimate(episode, values[episode.From..episode.To], weights);
        }

        if (_options.Whiten)
        {
            weights.Whiten();
        }
    }

    private void Estimate(TrainingEpisode episode, ReadOnlySpan<float> values, StepWeights weights)
    {
        var advantages = weights.Advantages.Span[episode.From..episode.To];
        var returns = weights.Returns.Span[episode.From..episode.To];
        if (_scores.Length < episode.Steps)
        {
            _scores = new float[episode.Steps];
        }

        var scores = _scores.AsSpan(0, episode.Steps);
        StepScores.Weigh(episode.Rewards, _options.Rule, scores);
        if (_options.Rule.Weighting == CreditWeighting.Immediate)
        {
            GeneralisedAdvantage.Estimate(scores, values, gamma: 0, lambda: 0, advantages, returns);
            return;
        }

        GeneralisedAdvantage.Estimate(scores, values, _options.Gamma, _options.Lambda, advantages, returns, Ticks(episode));
    }

    private ReadOnlySpan<int> Ticks(TrainingEpisode episode) => _options.Rule.Clock switch
    {
        CreditClock.Turn => [],
        _ when episode.Tokens.Length == 0 => throw new ArgumentException(
            "Option 'Credit.Rule.Clock' is Token, but the episodes do not say how long their steps are. Set TrainingEpisode.Tokens, or use the clock Turn."),
        _ => episode.Tokens,
    };
}
