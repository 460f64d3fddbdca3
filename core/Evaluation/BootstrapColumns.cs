using System.Numerics;

namespace StepTool.Core.Evaluation;

/// <summary>Columns of a bootstrap's matrix product, equal ones kept once: most metrics share their weights.</summary>
internal sealed class BootstrapColumns(int components)
{
    private readonly List<ReadOnlyMemory<double>> _columns = [];
    private readonly Dictionary<ulong, List<int>> _places = [];

    /// <summary>Columns, rounded up to whole panels.</summary>
    public int PaddedCount => (_columns.Count + Panel - 1) / Panel * Panel;

    private static int Panel => 2 * Vector<double>.Count;

    /// <summary>Adds one column a seed and says where the first stands.</summary>
    public int Add(double[] sums, int seeds)
    {
        var hash = new HashCode();
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(sums.AsSpan()));
        var key = ((ulong)(uint)hash.ToHashCode() << 32) | (uint)sums.Length;
        var places = _places.TryGetValue(key, out var known) ? known : _places[key] = [];
        foreach (var place in places.Where(place => IsAt(place, sums, seeds)))
        {
            return place;
        }

        places.Add(_columns.Count);
        for (var seed = 0; seed < seeds; seed++)
        {
            _columns.Add(sums.AsMemory(seed * components, components));
        }

        return places[^1];
    }

    /// <summary>All columns as panels of two vectors' width, component by component within a panel; the last is filled with zeros.</summary>
    public double[] Pack()
    {
        var packed = new double[PaddedCount * components];
        for (var column = 0; column < _columns.Count; column++)
        {
            var source = _columns[column].Span;
            var start = (column / Panel * Panel * components) + (column % Panel);
            for (var component = 0; component < components; component++)
            {
                packed[start + (component * Panel)] = source[component];
            }
        }

        return packed;
    }

    private bool IsAt(int place, double[] sums, int seeds)
    {
        for (var seed = 0; seed < seeds; seed++)
        {
            if (!_columns[place + seed].Span.SequenceEqual(sums.AsSpan(seed * components, components)))
            {
                return false;
            }
        }

        return true;
    }
}
