using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Learning.Backends;
using StepTool.Learning.Batches;
using StepTool.Learning.Models;
using StepTool.Learning.Objectives;
using StepTool.Learning.Optimisers;

namespace StepTool.Learning.Learner;

/// <summary>Improves a policy from episodes. An update happens wholly or not at all: failed or cancelled, it leaves the state as it was.</summary>
/// <remarks>
/// The same state, options and batch give the same new state bit by bit, for any number of threads of the managed backend on one machine.
/// One update runs at a time; <see cref="State"/> may be read by any thread meanwhile.
/// </remarks>
public sealed class PolicyLearner
{
    private readonly PolicyLearnerOptions _options;
    private readonly ILearnerNetwork _network;
    private readonly StepToolObjective _objective;
    private readonly AdamW _optimiser;
    private volatile LearnerState _state;
    private int _busy;

    /// <summary>Makes a learner that continues a state.</summary>
    /// <param name="state">Where it continues.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="backend">What computes; it stays the caller's to dispose.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public PolicyLearner(LearnerState state, PolicyLearnerOptions options, ILearnerBackend backend)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(backend);
        options.Validate();
        _options = options;
        _state = state;
        _network = backend.CreateNetwork(state.Weights.Architecture);
        _objective = new StepToolObjective(options.Credit);
        _optimiser = new AdamW(options.Optimiser, backend);
    }

    /// <summary>Its settings.</summary>
    public PolicyLearnerOptions Options => _options;

    /// <summary>Everything that the next update depends on.</summary>
    public LearnerState State => _state;

    /// <summary>The weights after the last update.</summary>
    public NetworkWeights Weights => _state.Weights;

    /// <summary>Makes a learner with fresh weights.</summary>
    /// <param name="architecture">The network's shape.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="seed">The seed of weights and order.</param>
    /// <param name="backend">What computes; it stays the caller's to dispose.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static PolicyLearner Create(CandidateArchitecture architecture, PolicyLearnerOptions options, ulong seed, ILearnerBackend backend)
    {
        ArgumentNullException.ThrowIfNull(options);
        var random = new SeededRandom(seed);
        var weights = NetworkWeights.Initialise(architecture, random);
        return new PolicyLearner(LearnerState.Start(weights, options.Kl.Coefficient, random.Next()), options, backend);
    }

    /// <summary>Improves the policy on episodes by the StepTool objective.</summary>
    /// <param name="episodes">The episodes; no two share a decision.</param>
    /// <param name="batch">The decisions.</param>
    /// <param name="cancellationToken">Checked between mini-batches.</param>
    /// <exception cref="ArgumentException">There is no episode, one reaches beyond the batch, two share a decision, or the features do not fit the network.</exception>
    /// <exception cref="NonFiniteTensorException">A feature, loss, gradient or weight is NaN or infinite.</exception>
    /// <exception cref="RunawayKlException">The policy went further than <see cref="PolicyLearnerOptions.RunawayKl"/> allows.</exception>
    /// <exception cref="OperationCanceledException">The update was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another update is under way.</exception>
    public UpdateMetrics Update(IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, CancellationToken cancellationToken = default) =>
        Update(episodes, batch, _objective, cancellationToken);

    /// <summary>Improves the policy on episodes by the clipped policy gradient of any objective.</summary>
    /// <param name="episodes">The episodes; no two share a decision.</param>
    /// <param name="batch">The decisions.</param>
    /// <param name="objective">Says how much each choice was worth.</param>
    /// <param name="cancellationToken">Checked between mini-batches.</param>
    /// <exception cref="ArgumentException">There is no episode, one reaches beyond the batch, two share a decision, or the features do not fit the network.</exception>
    /// <exception cref="NonFiniteTensorException">A feature, loss, gradient or weight is NaN or infinite.</exception>
    /// <exception cref="RunawayKlException">The policy went further than <see cref="PolicyLearnerOptions.RunawayKl"/> allows.</exception>
    /// <exception cref="OperationCanceledException">The update was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another update is under way.</exception>
    public UpdateMetrics Update(IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, IObjective objective, CancellationToken cancellationToken = default) =>
        Update(episodes, batch, objective, Begin(batch), cancellationToken);

    /// <summary>Lowers any loss over some decisions; without decisions nothing changes. The reference stays.</summary>
    /// <param name="batch">The decisions.</param>
    /// <param name="decisions">Those that the loss is a mean of.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="cancellationToken">Checked between mini-batches.</param>
    /// <exception cref="ArgumentException">The features do not fit the network.</exception>
    /// <exception cref="NonFiniteTensorException">A feature, loss, gradient or weight is NaN or infinite.</exception>
    /// <exception cref="RunawayKlException">The policy went further than <see cref="PolicyLearnerOptions.RunawayKl"/> allows.</exception>
    /// <exception cref="OperationCanceledException">The update was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another update is under way.</exception>
    public UpdateMetrics Minimise(DecisionBatch batch, ReadOnlySpan<int> decisions, IDecisionLoss loss, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(loss);
        using var turn = new Turn(this);
        Admit(batch);
        var (start, descent, sums, epochs) = (_state, Begin(batch), default(LossSums), 0);
        var draft = new LearnerDraft(start);
        var cycle = new DecisionCycle(decisions.ToArray(), draft.Random);
        for (; descent.GoesOn && !decisions.IsEmpty; epochs++)
        {
            sums = descent.Run(draft, batch, cycle, loss, batch.Decisions, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        _state = draft.Finish(start.KlCoefficient);
        return Measure(descent, sums, 0, start.KlCoefficient, epochs, UpdateEnd.Completed);
    }

    /// <summary>Sets the standardisation of features from a batch, in weights and reference alike. Only before the first update.</summary>
    /// <param name="batch">Decisions like those that will be seen.</param>
    /// <exception cref="InvalidOperationException">Features are standardised already or the weights have been trained: their meaning would change under them.</exception>
    public void Standardise(DecisionBatch batch)
    {
        using var turn = new Turn(this);
        if (_state.Step > 0 || _state.Weights.IsStandardised)
        {
            throw new InvalidOperationException($"Features cannot be standardised twice or after {_state.Step} optimiser steps. Do it once, before the first update.");
        }

        Admit(batch);
        var weights = _state.Weights.Standardised(batch);
        _state = new LearnerState(weights, weights, _state.FirstMoment, _state.SecondMoment, 0, _state.KlCoefficient, _state.Random);
    }

    /// <summary>Opens an update's quota of gradient rows: the epochs times the batch's turns, the same for every method.</summary>
    /// <param name="batch">The decisions.</param>
    internal Descent Begin(DecisionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new Descent(_options, _network, _optimiser, checked(_options.Epochs * batch.Turns));
    }

    /// <summary>Improves the policy by the clipped policy gradient with the rows that are left of a quota.</summary>
    internal UpdateMetrics Update(
        IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, IObjective objective, Descent descent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentNullException.ThrowIfNull(objective);
        if (episodes.Count == 0)
        {
            throw new ArgumentException("An update needs at least one episode.", nameof(episodes));
        }

        using var turn = new Turn(this);
        Admit(batch);
        var start = _state;
        var now = Ask(start.Weights, batch, asScores: false);
        var reference = start.Reference == start.Weights ? now : Ask(start.Reference, batch, asScores: false);
        var appraisal = Appraisal.Of(episodes, objective, now.Values, reference.Candidates);
        var loss = new SurrogateLoss(_options.Surrogate, start.KlCoefficient, batch, appraisal.Terms);
        var draft = new LearnerDraft(start);
        var cycle = new DecisionCycle(appraisal.Decisions, draft.Random);
        var (sums, epochs, end) = (default(LossSums), 0, UpdateEnd.Completed);
        for (; descent.GoesOn && end == UpdateEnd.Completed; epochs++)
        {
            sums = descent.Run(draft, batch, cycle, loss, batch.Decisions, cancellationToken);
            end = descent.GoesOn && sums.KlToBehaviour / sums.Rows > _options.KlLimit ? UpdateEnd.KlLimit : UpdateEnd.Completed;
        }

        cancellationToken.ThrowIfCancellationRequested();
        _state = draft.Finish(start.KlCoefficient);
        return Measure(descent, sums, appraisal.ExplainedVariance, start.KlCoefficient, epochs, end);
    }

    /// <summary>What some weights say of every decision of a batch: of the policy, its reference, or a critic.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="batch">The decisions.</param>
    /// <param name="asScores">Whether the candidates' scores are wanted instead of their log-probabilities.</param>
    /// <exception cref="ArgumentException">The features do not fit the network.</exception>
    /// <exception cref="InvalidOperationException">An update is under way.</exception>
    internal BatchScores Score(NetworkWeights weights, DecisionBatch batch, bool asScores = false)
    {
        using var turn = new Turn(this);
        Admit(batch);
        return Ask(weights, batch, asScores);
    }

    /// <summary>Lowers a critic's loss for at most one epoch. The learner's own state stays.</summary>
    /// <param name="critic">The critic's state.</param>
    /// <param name="batch">The decisions.</param>
    /// <param name="decisions">Those that the loss is a mean of.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="descent">What the rows are taken from.</param>
    /// <param name="rows">Rows at most.</param>
    /// <param name="cancellationToken">Checked between mini-batches.</param>
    internal LearnerState Fit(
        LearnerState critic, DecisionBatch batch, ReadOnlySpan<int> decisions, IDecisionLoss loss, Descent descent, int rows, CancellationToken cancellationToken)
    {
        using var turn = new Turn(this);
        Admit(batch);
        var draft = new LearnerDraft(critic);
        descent.Run(draft, batch, new DecisionCycle(decisions.ToArray(), draft.Random), loss, rows, cancellationToken);
        return draft.Finish(critic.KlCoefficient);
    }

    /// <summary>Takes critics into the state, for the next update to find.</summary>
    /// <param name="critics">The critics.</param>
    internal void Keep(ImmutableArray<LearnerState> critics)
    {
        using var turn = new Turn(this);
        _state = _state.WithCritics(critics);
    }

    private static UpdateMetrics Measure(Descent descent, in LossSums sums, double explained, double coefficient, int epochs, UpdateEnd end)
    {
        var rows = Math.Max(1, sums.Rows);
        return new UpdateMetrics
        {
            PolicyLoss = sums.Policy / rows,
            ValueLoss = sums.Value / rows,
            KlToReference = sums.KlToReference / rows,
            KlToBehaviour = sums.KlToBehaviour / rows,
            Entropy = sums.Entropy / rows,
            ClipFraction = sums.Clipped / rows,
            ExplainedVariance = explained,
            GradientNorm = descent.GradientNorm,
            KlCoefficient = coefficient,
            Rows = descent.Rows,
            MiniBatches = descent.MiniBatches,
            Epochs = epochs,
            End = end,
        };
    }

    private BatchScores Ask(NetworkWeights weights, DecisionBatch batch, bool asScores)
    {
        var scores = new BatchScores(new float[batch.Candidates], new float[batch.Decisions]);
        _network.Score(weights, batch, Enumerable.Range(0, batch.Decisions).ToArray(), scores.Candidates, scores.Values, asScores);
        return scores;
    }

    private void Admit(DecisionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CandidateNetwork.RequireFeatures(_state.Weights.Architecture, batch);
        NonFiniteTensorException.ThrowIfAny("feature", "candidates", batch.CandidateFeatures);
        NonFiniteTensorException.ThrowIfAny("feature", "situations", batch.SituationFeatures);
    }

    /// <summary>Keeps two updates apart: the network's memory is for one.</summary>
    private readonly ref struct Turn
    {
        private readonly PolicyLearner _owner;

        public Turn(PolicyLearner owner)
        {
            if (Interlocked.CompareExchange(ref owner._busy, 1, 0) != 0)
            {
                throw new InvalidOperationException("Another update of this learner is under way. Wait for it, or make a learner of your own.");
            }

            _owner = owner;
        }

        public void Dispose() => Volatile.Write(ref _owner._busy, 0);
    }
}
