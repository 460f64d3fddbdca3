namespace StepTool.Learning.Models;

/// <summary>Where each tensor of a model stands in one flat array, the trained ones first.</summary>
public abstract class TensorLayout
{
    private readonly List<TensorSlice> _tensors = [];

    /// <summary>All tensors, in order.</summary>
    public IReadOnlyList<TensorSlice> All { get; private set; } = [];

    /// <summary>The tensors that training changes, in order; they come first.</summary>
    public IReadOnlyList<TensorSlice> Trained { get; private set; } = [];

    /// <summary>The number of weights of all tensors.</summary>
    public int Length => _tensors[^1].End;

    /// <summary>The number of trained weights.</summary>
    public int TrainedLength { get; private set; }

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

    /// <summary>Adds a matrix, whose weights decay.</summary>
    private protected TensorSlice Matrix(string name, int rows, int columns) => Add(name, rows, columns, decays: true);

    /// <summary>Adds a vector, whose weights do not decay.</summary>
    private protected TensorSlice Vector(string name, int length) => Add(name, 1, length, decays: false);

    /// <summary>Says that the tensors so far are trained and those that follow are not.</summary>
    private protected void EndTrained() => (Trained, TrainedLength) = ([.. _tensors.Where(tensor => tensor.Length > 0)], Length);

    /// <summary>Says that all tensors have been added.</summary>
    private protected void End() => All = [.. _tensors.Where(tensor => tensor.Length > 0)];

    private TensorSlice Add(string name, int rows, int columns, bool decays)
    {
        var tensor = new TensorSlice(name, rows, columns, _tensors.Count == 0 ? 0 : _tensors[^1].End, decays);
        _tensors.Add(tensor);
        return tensor;
    }
}
