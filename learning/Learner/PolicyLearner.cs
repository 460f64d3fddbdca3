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
    private readonly EpochLoop _epochs;
    private readonly StepWeights _stepWeights = new();
    private volatile LearnerState _state;
    private int _busy;
    private int[] _rows = [];
    private float[] _values = [];
    private float[] _behaviour = [];
    private float[] _reference = [];
    private float[] _unusedValues = [];

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
        _epochs = new EpochLoop(options, _network, new AdamW(options.Optimiser, backend));
    }

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
    /// <exception cref="OperationCanceledException">The update was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another update is under way.</exception>
    public UpdateMetrics Update(IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, IObjective objective, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        ArgumentNullException.ThrowIfNull(objective);
        if (episodes.Count == 0)
        {
            throw new ArgumentException("An update needs at least one episode.", nameof(episodes));
        }

        using var turn = new Turn(this);
        var terms = Prepare(episodes, batch, objective);
        var rows = _rows.AsMemory(0, _stepWeights.RowCount);
        _stepWeights.Rows.CopyTo(rows.Span);
        var explained = ExplainedVariance.Measure(_values, _stepWeights);
        var coefficient = _state.KlCoefficient;
        var loss = new SurrogateLoss(_options.Surrogate, coefficient, batch, terms);
        var draft = new LearnerDraft(_state);
        var sums = default(LossSums);
        var epoch = 0;
        var end = UpdateEnd.Completed;
        _epochs.Start();
        while (epoch < _options.Epochs && end == UpdateEnd.Completed)
        {
            sums = _epochs.Run(draft, batch, rows, loss, cancellationToken);
            epoch++;
            if (epoch < _options.Epochs && sums.KlToBehaviour / sums.Rows > _options.KlLimit)
            {
                end = UpdateEnd.KlLimit;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        _state = draft.Finish(AdaptiveKl.Next(coefficient, sums.KlToReference / sums.Rows, sums.Rows, _options.Kl));
        return Measure(sums, explained, coefficient, epoch, end);
    }

    /// <summary>Lowers any loss over some decisions for all epochs; without decisions nothing changes. The reference stays.</summary>
    /// <param name="batch">The decisions.</param>
    /// <param name="decisions">Those that the loss is a mean of.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="cancellationToken">Checked between mini-batches.</param>
    /// <exception cref="ArgumentException">The features do not fit the network.</exception>
    /// <exception cref="NonFiniteTensorException">A feature, loss, gradient or weight is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The update was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another update is under way.</exception>
    public UpdateMetrics Minimise(DecisionBatch batch, ReadOnlySpan<int> decisions, IDecisionLoss loss, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(loss);
        using var turn = new Turn(this);
        Admit(batch);
        _epochs.Start();
        var (state, sums) = Descend(_state, batch, decisions, loss, decisions.IsEmpty ? 0 : _options.Epochs, cancellationToken);
        _state = state;
        return Measure(sums, 0, _state.KlCoefficient, decisions.IsEmpty ? 0 : _options.Epochs, UpdateEnd.Completed);
    }

    /// <summary>Makes the policy's choices more like the chosen ones, by cross-entropy. The critic and the reference stay.</summary>
    /// <param name="batch">The decisions with their choices.</param>
    /// <param name="cancellationToken">Checked between mini-batches.</param>
    /// <exception cref="ArgumentException">There is no decision, or the features do not fit the network.</exception>
    /// <exception cref="NonFiniteTensorException">A feature, loss, gradient or weight is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The update was cancelled.</exception>
    /// <exception cref="InvalidOperationException">Another update is under way.</exception>
    public SupervisedMetrics SupervisedUpdate(DecisionBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var turn = new Turn(this);
        Admit(batch);
        if (batch.Decisions == 0)
        {
            throw new ArgumentException("An update needs at least one decision.", nameof(batch));
        }

        _epochs.Start();
        (_state, var sums) = Descend(_state, batch, [.. Enumerable.Range(0, batch.Decisions)], new CrossEntropyLoss(batch), _options.Epochs, cancellationToken);
        return new SupervisedMetrics(sums.Policy / sums.Rows, sums.Agreeing / sums.Rows, _epochs.GradientNorm, _epochs.Rows, _epochs.MiniBatches);
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
        var scores = new BatchScores(new float[batch.Candidates], new float[batch.Decisions]);
        _network.Score(weights, batch, _rows.AsMemory(0, batch.Decisions), scores.Candidates, scores.Values, asScores);
        return scores;
    }

    /// <summary>Lowers a critic's loss for one epoch. The learner's own state stays.</summary>
    /// <param name="critic">The critic's state.</param>
    /// <param name="batch">The decisions.</param>
    /// <param name="decisions">Those that the loss is a mean of.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="cancellationToken">Checked between mini-batches.</param>
    internal LearnerState Fit(LearnerState critic, DecisionBatch batch, ReadOnlySpan<int> decisions, IDecisionLoss loss, CancellationToken cancellationToken)
    {
        using var turn = new Turn(this);
        Admit(batch);
        return Descend(critic, batch, decisions, loss, 1, cancellationToken).State;
    }

    /// <summary>Takes critics into the state, for the next update to find.</summary>
    /// <param name="critics">The critics.</param>
    internal void Keep(ImmutableArray<LearnerState> critics)
    {
        using var turn = new Turn(this);
        _state = _state.WithCritics(critics);
    }

    private (LearnerState State, LossSums Sums) Descend(
        LearnerState start, DecisionBatch batch, ReadOnlySpan<int> decisions, IDecisionLoss loss, int epochs, CancellationToken cancellationToken)
    {
        var rows = decisions.ToArray();
        var draft = new LearnerDraft(start);
        var sums = default(LossSums);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            sums = _epochs.Run(draft, batch, rows, loss, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return (draft.Finish(start.KlCoefficient), sums);
    }

    private UpdateMetrics Measure(in LossSums sums, double explained, double coefficient, int epochs, UpdateEnd end)
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
            GradientNorm = _epochs.GradientNorm,
            KlCoefficient = coefficient,
            Rows = _epochs.Rows,
            MiniBatches = _epochs.MiniBatches,
            Epochs = epochs,
            End = end,
        };
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

    /// <summary>Freezes the present weights as the reference that KL is measured against, and forgets the optimiser's moments: a new run's start.</summary>
    public void Rebase()
    {
        using var turn = new Turn(this);
        var zeros = new float[_state.Weights.Layout.TrainedLength];
        _state = new LearnerState(_state.Weights, _state.Weights, zeros, zeros, 0, _options.Kl.Coefficient, _state.Random);
    }

    private void Admit(DecisionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CandidateNetwork.RequireFeatures(_state.Weights.Architecture, batch);
        NonFiniteTensorException.ThrowIfAny("feature", "candidates", batch.CandidateFeatures);
        NonFiniteTensorException.ThrowIfAny("feature", "situations", batch.SituationFeatures);
        if (_rows.Length < batch.Decisions)
        {
            _rows = new int[batch.Decisions];
        }

        for (var decision = 0; decision < batch.Decisions; decision++)
        {
            _rows[decision] = decision;
        }
    }

    private SurrogateTerms Prepare(IReadOnlyList<TrainingEpisode> episodes, DecisionBatch batch, IObjective objective)
    {
        Admit(batch);
        if (_values.Length < batch.Decisions)
        {
            _values = new float[batch.Decisions];
            _behaviour = new float[batch.Decisions];
            _unusedValues = new float[batch.Decisions];
        }

        if (_reference.Length < batch.Candidates)
        {
            _reference = new float[batch.Candidates];
        }

        var all = _rows.AsMemory(0, batch.Decisions);
        // Only values are wanted of the present weights; the reference's log-probabilities then overwrite theirs.
        _network.Score(_state.Weights, batch, all, _reference, _values);
        if (_state.Reference != _state.Weights)
        {
            _network.Score(_state.Reference, batch, all, _reference, _unusedValues);
        }

        objective.Weigh(episodes, _values.AsSpan(0, batch.Decisions), _stepWeights);
        foreach (var episode in episodes)
        {
            episode.BehaviourLogProbabilities.CopyTo(_behaviour, episode.From);
        }

        return new SurrogateTerms
        {
            Advantages = _stepWeights.Advantages,
            Returns = _stepWeights.Returns,
            EarlierValues = _values,
            BehaviourLogProbabilities = _behaviour,
            ReferenceLogProbabilities = _reference,
        };
    }

    /// <summary>Keeps two updates from sharing buffers.</summary>
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
