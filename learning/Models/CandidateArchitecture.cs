namespace StepTool.Learning.Models;

/// <summary>The shape of a <see cref="CandidateNetwork"/>; two networks of equal shape can exchange weights.</summary>
public sealed record CandidateArchitecture
{
    /// <summary>The name that a policy directory carries for networks of this kind.</summary>
    public const string Kind = "candidate-network/1";

    private const int Widest = 4096;

    /// <summary>Makes a shape.</summary>
    /// <param name="candidateFeatures">Features of a candidate, 1 to 4096.</param>
    /// <param name="situationFeatures">Features of a situation, 1 to 4096.</param>
    /// <param name="firstHidden">Width of the layer that sees a candidate alone, 1 to 4096.</param>
    /// <param name="secondHidden">Width of the layer that sees a candidate beside its rivals, 1 to 4096.</param>
    /// <param name="valueHidden">Width of the value head's layer, 1 to 4096.</param>
    /// <param name="shortcut">Whether a candidate's features also reach its logit directly, through a linear layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">A width is out of range.</exception>
    public CandidateArchitecture(
        int candidateFeatures, int situationFeatures, int firstHidden = 64, int secondHidden = 64, int valueHidden = 32, bool shortcut = false)
    {
        CandidateFeatures = Checked(candidateFeatures, nameof(candidateFeatures));
        SituationFeatures = Checked(situationFeatures, nameof(situationFeatures));
        FirstHidden = Checked(firstHidden, nameof(firstHidden));
        SecondHidden = Checked(secondHidden, nameof(secondHidden));
        ValueHidden = Checked(valueHidden, nameof(valueHidden));
        Shortcut = shortcut;
    }

    /// <summary>Features of a candidate.</summary>
    public int CandidateFeatures { get; }

    /// <summary>Features of a situation.</summary>
    public int SituationFeatures { get; }

    /// <summary>Width of the layer that sees a candidate alone.</summary>
    public int FirstHidden { get; }

    /// <summary>Width of the layer that sees a candidate beside its rivals.</summary>
    public int SecondHidden { get; }

    /// <summary>Width of the value head's layer.</summary>
    public int ValueHidden { get; }

    /// <summary>Whether a candidate's features also reach its logit directly.</summary>
    public bool Shortcut { get; }

    /// <summary>Width of what the value head reads: the situation, the mean and the largest of the second layer over candidates.</summary>
    internal int PooledWidth => SituationFeatures + (2 * SecondHidden);

    private static int Checked(int width, string name)
    {
        if (width is < 1 or > Widest)
        {
            throw new ArgumentOutOfRangeException(name, width, $"The width '{name}' is {width}; it must be from 1 to {Widest}.");
        }

        return width;
    }
}
