namespace StepTool.Learning.Models;

/// <summary>What one forward pass computed, kept for the backward pass; the memory grows and is then reused. For one thread at a time.</summary>
public sealed class Activations
{
    private readonly CandidateArchitecture _architecture;
    private int _decisionCapacity;
    private int _candidateCapacity;

    /// <summary>Makes empty activations.</summary>
    /// <param name="architecture">The network's shape.</param>
    public Activations(CandidateArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        _architecture = architecture;
    }

    /// <summary>The number of decisions of the last pass.</summary>
    public int Decisions { get; private set; }

    /// <summary>The number of candidates of the last pass.</summary>
    public int Candidates { get; private set; }

    /// <summary>Where each decision's candidates start [decisions + 1].</summary>
    public ReadOnlySpan<int> Offsets => OffsetBuffer.AsSpan(0, Decisions + 1);

    /// <summary>The log-probability of each candidate [candidates].</summary>
    public ReadOnlySpan<float> LogProbabilities => LogProbabilityBuffer.AsSpan(0, Candidates);

    /// <summary>The score of each candidate, of which the log-probabilities are the log-softmax [candidates].</summary>
    public ReadOnlySpan<float> Logits => LogitBuffer.AsSpan(0, Candidates);

    /// <summary>The estimated return of each decision [decisions].</summary>
    public ReadOnlySpan<float> Values => ValueBuffer.AsSpan(0, Decisions);

    internal int[] OffsetBuffer { get; private set; } = [0];

    internal float[] LogProbabilityBuffer { get; private set; } = [];

    internal float[] ValueBuffer { get; private set; } = [];

    internal float[] LogitBuffer { get; private set; } = [];

    internal float[] DeviationBuffer { get; private set; } = [];

    internal float[] CandidateInput { get; private set; } = [];

    internal float[] SituationInput { get; private set; } = [];

    /// <summary>The rows of the first layer, normalised.</summary>
    internal float[] FirstNormalised { get; private set; } = [];

    /// <summary>The same after gain and bias, which is what the activation saw.</summary>
    internal float[] FirstBefore { get; private set; } = [];

    internal float[] First { get; private set; } = [];

    internal float[] Context { get; private set; } = [];

    internal float[] SecondBefore { get; private set; } = [];

    internal float[] Second { get; private set; } = [];

    internal float[] Pooled { get; private set; } = [];

    internal int[] LargestRows { get; private set; } = [];

    internal float[] ValueBefore { get; private set; } = [];

    internal float[] ValueHidden { get; private set; } = [];

    /// <summary>Room for one row a decision of the widest layer.</summary>
    internal float[] DecisionScratch { get; private set; } = [];

    /// <summary>Makes room; nothing is kept.</summary>
    internal void Resize(int decisions, int candidates)
    {
        Decisions = decisions;
        Candidates = candidates;
        if (decisions > _decisionCapacity)
        {
            _decisionCapacity = Math.Max(decisions, _decisionCapacity * 2);
            OffsetBuffer = new int[_decisionCapacity + 1];
            ValueBuffer = new float[_decisionCapacity];
            SituationInput = new float[_decisionCapacity * _architecture.SituationFeatures];
            Context = new float[_decisionCapacity * _architecture.FirstHidden];
            Pooled = new float[_decisionCapacity * _architecture.PooledWidth];
            LargestRows = new int[_decisionCapacity * _architecture.SecondHidden];
            ValueBefore = new float[_decisionCapacity * _architecture.ValueHidden];
            ValueHidden = new float[_decisionCapacity * _architecture.ValueHidden];
            DecisionScratch = new float[_decisionCapacity * Math.Max(_architecture.FirstHidden, 2 * _architecture.SecondHidden)];
        }

        if (candidates > _candidateCapacity)
        {
            _candidateCapacity = Math.Max(candidates, _candidateCapacity * 2);
            LogProbabilityBuffer = new float[_candidateCapacity];
            LogitBuffer = new float[_candidateCapacity];
            DeviationBuffer = new float[_candidateCapacity];
            CandidateInput = new float[_candidateCapacity * _architecture.CandidateFeatures];
            FirstNormalised = new float[_candidateCapacity * _architecture.FirstHidden];
            FirstBefore = new float[_candidateCapacity * _architecture.FirstHidden];
            First = new float[_candidateCapacity * _architecture.FirstHidden];
            SecondBefore = new float[_candidateCapacity * _architecture.SecondHidden];
            Second = new float[_candidateCapacity * _architecture.SecondHidden];
        }
    }
}
