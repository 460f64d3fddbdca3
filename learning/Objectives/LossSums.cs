namespace StepTool.Learning.Objectives;

/// <summary>Sums over decisions of what a loss is made of.</summary>
public struct LossSums
{
    /// <summary>The number of decisions.</summary>
    public int Rows { get; set; }

    /// <summary>The policy's loss.</summary>
    public double Policy { get; set; }

    /// <summary>The critic's loss.</summary>
    public double Value { get; set; }

    /// <summary>The KL to the reference.</summary>
    public double KlToReference { get; set; }

    /// <summary>The KL to the behaviour policy, estimated from the choices; of a preference loss the exact one to the policy before the update.</summary>
    public double KlToBehaviour { get; set; }

    /// <summary>The entropy.</summary>
    public double Entropy { get; set; }

    /// <summary>Decisions whose ratio was clipped.</summary>
    public double Clipped { get; set; }

    /// <summary>Decisions whose most likely candidate is the chosen one.</summary>
    public double Agreeing { get; set; }

    /// <summary>Adds another part.</summary>
    /// <param name="other">The part.</param>
    public void Add(in LossSums other)
    {
        Rows += other.Rows;
        Policy += other.Policy;
        Value += other.Value;
        KlToReference += other.KlToReference;
        KlToBehaviour += other.KlToBehaviour;
        Entropy += other.Entropy;
        Clipped += other.Clipped;
        Agreeing += other.Agreeing;
    }

    /// <summary>Checks that all sums are finite.</summary>
    /// <exception cref="Optimisers.NonFiniteTensorException">A sum is NaN or infinite.</exception>
    public readonly void RequireFinite()
    {
        ReadOnlySpan<double> sums = [Policy, Value, KlToReference, Entropy];
        ReadOnlySpan<string> names = ["policy", "value", "kl", "entropy"];
        for (var index = 0; index < sums.Length; index++)
        {
            if (!double.IsFinite(sums[index]))
            {
                throw new Optimisers.NonFiniteTensorException("loss", names[index], 0, (float)sums[index]);
            }
        }
    }
}
