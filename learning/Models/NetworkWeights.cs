using StepTool.Core.Chance;
using StepTool.Learning.Batches;

namespace StepTool.Learning.Models;

/// <summary>All weights of a network in one flat array that nobody changes any more: any number of threads may read it.</summary>
public sealed class NetworkWeights
{
    private readonly float[] _values;

    private NetworkWeights(ParameterLayout layout, float[] values)
    {
        Layout = layout;
        _values = values;
    }

    /// <summary>Where each tensor stands.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The network's shape.</summary>
    public CandidateArchitecture Architecture => Layout.Architecture;

    /// <summary>The weights in the layout's order.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Whether features are shifted or scaled before the first layer.</summary>
    public bool IsStandardised =>
        Layout.CandidateMean.Of(Values).ContainsAnyExcept(0f) || Layout.SituationMean.Of(Values).ContainsAnyExcept(0f)
        || Layout.CandidateScale.Of(Values).ContainsAnyExcept(1f) || Layout.SituationScale.Of(Values).ContainsAnyExcept(1f);

    internal ReadOnlyMemory<float> Memory => _values;

    /// <summary>Draws weights with which the policy is near uniform and all values are near zero.</summary>
    /// <param name="architecture">The network's shape.</param>
    /// <param name="random">The generator; the same state gives the same weights.</param>
    public static NetworkWeights Initialise(CandidateArchitecture architecture, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var layout = new ParameterLayout(architecture);
        var values = new float[layout.Length];
        // Two factors share each hidden layer's input, so the fan-in is that of both together.
        var firstFanIn = architecture.CandidateFeatures + architecture.SituationFeatures;
        Draw(layout.CandidateWeight, firstFanIn, 1);
        Draw(layout.SituationWeight, firstFanIn, 1);
        layout.NormGain.Of(values.AsSpan()).Fill(1);
        Draw(layout.SecondWeight, 2 * architecture.FirstHidden, 1);
        Draw(layout.ContextWeight, 2 * architecture.FirstHidden, 1);
        Draw(layout.LogitWeight, architecture.SecondHidden, 0.01);
        Draw(layout.ValueHiddenWeight, architecture.PooledWidth, 1);
        Draw(layout.ValueWeight, architecture.ValueHidden, 0.01);
        layout.CandidateScale.Of(values.AsSpan()).Fill(1);
        layout.SituationScale.Of(values.AsSpan()).Fill(1);
        return new NetworkWeights(layout, values);

        void Draw(TensorSlice tensor, int fanIn, double gain)
        {
            // SiLU lets about half of the variance through, as ReLU does (He et al., 2015).
            var deviation = gain * Math.Sqrt(2.0 / fanIn);
            foreach (ref var weight in tensor.Of(values.AsSpan()))
            {
                weight = (float)(deviation * random.NextGaussian());
            }
        }
    }

    /// <summary>Takes weights from elsewhere, e.g. from a checkpoint.</summary>
    /// <param name="layout">Where each tensor stands.</param>
    /// <param name="values">The weights in the layout's order; they are copied.</param>
    /// <exception cref="ArgumentException">The number of weights differs.</exception>
    /// <exception cref="Optimisers.NonFiniteTensorException">A weight is NaN or infinite.</exception>
    public static NetworkWeights Create(ParameterLayout layout, ReadOnlySpan<float> values)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (values.Length != layout.Length)
        {
            throw new ArgumentException($"There are [{values.Length}] weights, the layout needs [{layout.Length}].", nameof(values));
        }

        Optimisers.NonFiniteTensorException.ThrowIfAny("weight", layout, values);
        return new NetworkWeights(layout, values.ToArray());
    }

    /// <summary>The same weights with features standardised by the mean and deviation that a batch has; frozen from then on.</summary>
    /// <param name="batch">Decisions like those that will be seen.</param>
    /// <exception cref="ArgumentException">The batch is empty or its features do not fit.</exception>
    public NetworkWeights Standardised(DecisionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CandidateNetwork.RequireFeatures(Architecture, batch);
        if (batch.Decisions == 0)
        {
            throw new ArgumentException("Features cannot be standardised by an empty batch.", nameof(batch));
        }

        var values = _values.ToArray().AsSpan();
        FeatureStandardisation.Measure(batch.CandidateFeatures, Layout.CandidateMean.Of(values), Layout.CandidateScale.Of(values));
        FeatureStandardisation.Measure(batch.SituationFeatures, Layout.SituationMean.Of(values), Layout.SituationScale.Of(values));
        return Create(Layout, values);
    }
}
