namespace StepTool.Learning.Models;

/// <summary>Where each tensor of a <see cref="CandidateNetwork"/> stands: trained weights first, then the standardisation of features.</summary>
public sealed class ParameterLayout : TensorLayout
{
    /// <summary>Lays out the tensors of a network.</summary>
    /// <param name="architecture">The network's shape.</param>
    public ParameterLayout(CandidateArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Architecture = architecture;
        CandidateWeight = Matrix("first.candidate.weight", architecture.CandidateFeatures, architecture.FirstHidden);
        SituationWeight = Matrix("first.situation.weight", architecture.SituationFeatures, architecture.FirstHidden);
        FirstBias = Vector("first.bias", architecture.FirstHidden);
        NormGain = Vector("first.norm.gain", architecture.FirstHidden);
        NormBias = Vector("first.norm.bias", architecture.FirstHidden);
        SecondWeight = Matrix("second.candidate.weight", architecture.FirstHidden, architecture.SecondHidden);
        ContextWeight = Matrix("second.context.weight", architecture.FirstHidden, architecture.SecondHidden);
        SecondBias = Vector("second.bias", architecture.SecondHidden);
        LogitWeight = Matrix("logit.weight", architecture.SecondHidden, 1);
        ShortcutWeight = Matrix("logit.shortcut.weight", architecture.Shortcut ? architecture.CandidateFeatures : 0, 1);
        ValueHiddenWeight = Matrix("value.hidden.weight", architecture.PooledWidth, architecture.ValueHidden);
        ValueHiddenBias = Vector("value.hidden.bias", architecture.ValueHidden);
        ValueWeight = Matrix("value.weight", architecture.ValueHidden, 1);
        ValueBias = Vector("value.bias", 1);
        EndTrained();
        CandidateMean = Vector("candidate.mean", architecture.CandidateFeatures);
        CandidateScale = Vector("candidate.scale", architecture.CandidateFeatures);
        SituationMean = Vector("situation.mean", architecture.SituationFeatures);
        SituationScale = Vector("situation.scale", architecture.SituationFeatures);
        End();
    }

    /// <summary>The network's shape.</summary>
    public CandidateArchitecture Architecture { get; }

    internal TensorSlice CandidateWeight { get; }

    internal TensorSlice SituationWeight { get; }

    internal TensorSlice FirstBias { get; }

    internal TensorSlice NormGain { get; }

    internal TensorSlice NormBias { get; }

    internal TensorSlice SecondWeight { get; }

    internal TensorSlice ContextWeight { get; }

    internal TensorSlice SecondBias { get; }

    internal TensorSlice LogitWeight { get; }

    internal TensorSlice ShortcutWeight { get; }

    internal TensorSlice ValueHiddenWeight { get; }

    internal TensorSlice ValueHiddenBias { get; }

    internal TensorSlice ValueWeight { get; }

    internal TensorSlice ValueBias { get; }

    internal TensorSlice CandidateMean { get; }

    internal TensorSlice CandidateScale { get; }

    internal TensorSlice SituationMean { get; }

    internal TensorSlice SituationScale { get; }
}
