using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Learning.Batches;
using StepTool.Learning.Learner;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;

namespace StepTool.Learning.Methods;

/// <summary>
/// ArCHer: twin critics Q(s, a) and V(s) over turns, learnt by temporal differences against soft targets, and a policy gradient on
/// A = min(Q1, Q2) - min(V1, V2).
/// </summary>
/// <remarks>
/// Zhou et al., "ArCHer: Training language model agents via hierarchical multi-turn RL", 2024, equations 2 to 4. Differs from the paper: V's target is the exact
/// expectation over candidates instead of a sampled action; a batch is the last one and not a replay buffer; the policy gradient is the clipped one
/// that all methods share; targets move once an epoch. Critics and policy share one quota of gradient rows, since every method has the same; the paper gives
/// its critics many times the policy's steps.
/// </remarks>
public sealed class ArcherMethod : IMethod
{
    /// <summary>The share of a critic that its target takes over after each epoch.</summary>
    public const double SoftShare = 0.1;

    /// <summary>The share of an update's gradient rows that the two critics use, half of it each; the policy has the rest.</summary>
    public const double CriticShare = 0.75;

    private const int Critics = 2;

    /// <inheritdoc/>
    public MethodSettings Reads => MethodSettings.Entropy | MethodSettings.Kl | MethodSettings.Gamma;

    /// <inheritdoc/>
    public bool ReadsStepRewards => true;

    /// <inheritdoc/>
    public UpdateMetrics Update(PolicyLearner learner, IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentNullException.ThrowIfNull(batch);
        var policy = learner.Score(learner.Weights, batch).Candidates;
        int[] decisions = [.. episodes.SelectMany(episode => Enumerable.Range(episode.From, episode.Steps))];
        var descent = learner.Begin(batch);
        var critics = learner.State.Critics.IsEmpty ? Start(learner.State) : learner.State.Critics;
        critics = [.. critics.Select(critic => Fit(learner, critic, episodes, batch, decisions, policy, descent, cancellationToken))];
        var advantages = Advantages([.. critics.Select(critic => learner.Score(critic.Weights, batch, asScores: true))], batch);
        var metrics = learner.Update(episodes, batch, new GivenAdvantages(advantages), descent, cancellationToken);
        learner.Keep(critics);
        return metrics;
    }

    /// <summary>The target's weights after one soft update.</summary>
    /// <param name="target">The target's weights.</param>
    /// <param name="weights">The critic's weights.</param>
    public static NetworkWeights Blend(NetworkWeights target, NetworkWeights weights)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(weights);
        var blended = target.Values.ToArray();
        for (var index = 0; index < blended.Length; index++)
        {
            blended[index] = (float)(((1 - SoftShare) * blended[index]) + (SoftShare * weights.Values[index]));
        }

        return NetworkWeights.Create(target.Layout, blended);
    }

    /// <summary>What the critic should say: Q of each choice r + gamma V'(next), and V of each situation the sum over candidates of p Q'.</summary>
    /// <param name="episodes">The episodes.</param>
    /// <param name="batch">The decisions.</param>
    /// <param name="policy">The policy's log-probabilities [candidates].</param>
    /// <param name="targetScores">Q' of the target [candidates].</param>
    /// <param name="targetValues">V' of the target [decisions].</param>
    /// <param name="gamma">The discount a turn.</param>
    /// <param name="actions">Receives Q's targets [decisions]; 0 outside the episodes.</param>
    /// <param name="states">Receives V's targets [decisions].</param>
    public static void Targets(
        IReadOnlyList<TrainingEpisode> episodes,
        DecisionBatch batch,
        ReadOnlySpan<float> policy,
        ReadOnlySpan<float> targetScores,
        ReadOnlySpan<float> targetValues,
        double gamma,
        Span<float> actions,
        Span<float> states)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentNullException.ThrowIfNull(batch);
        foreach (var episode in episodes)
        {
            for (var step = 0; step < episode.Steps; step++)
            {
                var decision = episode.From + step;
                var after = step + 1 < episode.Steps ? targetValues[decision + 1] : 0;
                actions[decision] = (float)(episode.Rewards[step] + (gamma * after));
            }
        }

        for (var decision = 0; decision < batch.Decisions; decision++)
        {
            var expected = 0.0;
            for (var candidate = batch.Offsets[decision]; candidate < batch.Offsets[decision + 1]; candidate++)
            {
                expected += Math.Exp(policy[candidate]) * targetScores[candidate];
            }

            states[decision] = (float)expected;
        }
    }

    private static LearnerState Fit(
        PolicyLearner learner,
        LearnerState critic,
        IReadOnlyList<TrainingEpisode> episodes,
        DecisionBatch batch,
        int[] decisions,
        float[] policy,
        Descent descent,
        CancellationToken cancellationToken)
    {
        var (actions, states) = (new float[batch.Decisions], new float[batch.Decisions]);
        for (var left = (int)(descent.Quota * CriticShare / Critics); left > 0; left -= batch.Decisions)
        {
            var target = learner.Score(critic.Reference, batch, asScores: true);
            Targets(episodes, batch, policy, target.Candidates, target.Values, learner.Options.Credit.Gamma, actions, states);
            var fitted = learner.Fit(critic, batch, decisions, new CriticLoss(batch, actions, states), descent, left, cancellationToken);
            critic = fitted.WithReference(Blend(critic.Reference, fitted.Weights));
        }

        return critic;
    }

    private static float[] Advantages(BatchScores[] critics, DecisionBatch batch)
    {
        var advantages = new float[batch.Decisions];
        for (var decision = 0; decision < advantages.Length; decision++)
        {
            var chosen = batch.Offsets[decision] + batch.Chosen[decision];
            advantages[decision] = critics.Min(critic => critic.Candidates[chosen]) - critics.Min(critic => critic.Values[decision]);
        }

        return advantages;
    }

    // Fresh weights behind the policy's standardisation of features, by seeds that follow from the policy's own.
    private static ImmutableArray<LearnerState> Start(LearnerState policy)
    {
        var random = new SeededRandom(policy.Random);
        var critics = ImmutableArray.CreateBuilder<LearnerState>(Critics);
        for (var index = 0; index < Critics; index++)
        {
            var layout = policy.Weights.Layout;
            var values = policy.Weights.Values.ToArray();
            NetworkWeights.Initialise(policy.Weights.Architecture, random).Values[..layout.TrainedLength].CopyTo(values);
            critics.Add(LearnerState.Start(NetworkWeights.Create(layout, values), 0, random.Next()));
        }

        return critics.MoveToImmutable();
    }

    /// <summary>Advantages from elsewhere. The policy's own value head is to say what it says.</summary>
    private sealed class GivenAdvantages(float[] advantages) : IObjective
    {
        public void Weigh(IReadOnlyList<TrainingEpisode> episodes, ReadOnlySpan<float> values, StepWeights weights)
        {
            weights.Claim(episodes, values.Length);
            foreach (var row in weights.Rows)
            {
                weights.Advantages.Span[row] = advantages[row];
                weights.Returns.Span[row] = values[row];
            }

            weights.Whiten();
        }
    }
}
