namespace StepTool.Learning.Models.Transformers;

/// <summary>A batch of sequences: each has positions, and each position a bag of terms, which may be empty.</summary>
public sealed class TermSequences
{
    private readonly int[] _sequences;
    private readonly int[] _bags;
    private readonly int[] _terms;

    /// <summary>Makes a batch; the numbers are copied.</summary>
    /// <param name="sequences">Where sequences start among the positions, from 0, and at the end the number of positions [sequences + 1].</param>
    /// <param name="bags">Where positions start among the terms, from 0, and at the end the number of terms [positions + 1].</param>
    /// <param name="terms">The terms [terms].</param>
    /// <exception cref="ArgumentException">There is no sequence, one is empty, or the starts do not rise to the length of what they cut.</exception>
    public TermSequences(ReadOnlySpan<int> sequences, ReadOnlySpan<int> bags, ReadOnlySpan<int> terms)
    {
        Longest = Require(sequences, bags.Length - 1, 1, nameof(sequences));
        _ = Require(bags, terms.Length, 0, nameof(bags));
        (_sequences, _bags, _terms) = (sequences.ToArray(), bags.ToArray(), terms.ToArray());
    }

    /// <summary>The number of sequences.</summary>
    public int Count => _sequences.Length - 1;

    /// <summary>The number of positions of all sequences together.</summary>
    public int Positions => _bags.Length - 1;

    /// <summary>Positions of the longest sequence.</summary>
    public int Longest { get; }

    internal ReadOnlySpan<int> Sequences => _sequences;

    internal ReadOnlySpan<int> Bags => _bags;

    internal ReadOnlySpan<int> Terms => _terms;

    private static int Require(ReadOnlySpan<int> starts, int end, int fewest, string name)
    {
        var longest = 0;
        var isCut = starts.Length >= 2 && starts[0] == 0 && starts[^1] == end;
        for (var index = 1; isCut && index < starts.Length; index++)
        {
            longest = Math.Max(longest, starts[index] - starts[index - 1]);
            isCut = starts[index] - starts[index - 1] >= fewest;
        }

        return isCut ? longest : throw new ArgumentException($"The starts '{name}' must go from 0 to {end}, each at least {fewest} after the one before; there are [{starts.Length}].", name);
    }
}
