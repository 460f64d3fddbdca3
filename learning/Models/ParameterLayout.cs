namespace StepTool.Learning.Models;

/// <summary>Where each tensor of a network stands in one flat array: trained weights first, then the standardisation of features.</summary>
public sealed class ParameterLayout
{
    private readonly List<TensorSlice> _tensors = [];

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
        Trained = [.. _tensors.Where(tensor => tensor.Length > 0)];
        TrainedLength = ValueBias.End;
        CandidateMean = Vector("candidate.mean", architecture.CandidateFeatures);
        CandidateScale = Vector("candidate.scale", architecture.CandidateFeatures);
        SituationMean = Vector("situation.mean", architecture.SituationFeatures);
        SituationScale = Vector("situation.scale", architecture.SituationFeatures);
        All = [.. _tensors.Where(tensor => tensor.Length > 0)];
        Length = SituationScale.End;
    }

    /// <summary>The network's shape.</summary>
    public CandidateArchitecture Architecture { get; }

    /// <summary>All tensors, in order.</summary>
    public IReadOnlyList<TensorSlice> All { get; }

    /// <summary>The tensors that training changes, in order; they come first.</summary>
    public IReadOnlyList<TensorSlice> Trained { get; }

    /// <summary>The number of weights of all tensors.</summary>
    public int Length { get; }

    /// <summary>The number of trained weights.</summary>
    public int TrainedLength { get; }

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

    /// <summary>The tensor to which a weight belongs.</summary>
    /// <param name="index">The weight's place in the flat array.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such weight.</exception>
    public TensorSlice TensorAt(int index)
    {
        foreach (var tensor in All)
        {
            if (index >= tensor.Offset && index < tensor.End)
            {
                return tensor;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(index), index, $"The layout has weights 0 to {Length - 1}.");
    }

    private TensorSlice Matrix(string name, int rows, int columns) => Add(name, rows, columns, decays: true);

    private TensorSlice Vector(string name, int length) => Add(name, 1, length, decays: false);

    private TensorSlice Add(string name, int rows, int columns, bool decays)
    {
        var offset = _tensors.Count == 0 ? 0 : _tensors[^1].End;
        var tensor = new TensorSlice(name, rows, columns, offset, decays);
        _tensors.Add(tensor);
        return tensor;
    }
}
