using StepTool.Core.Judging;

namespace StepTool.Core.Evaluation;

/// <summary>How often two judges of the same episodes say the same.</summary>
/// <param name="Group">Group of the benchmark, or "all".</param>
/// <param name="Episodes">Episodes both judged.</param>
/// <param name="Agreement">Share of equal verdicts.</param>
/// <param name="Kappa">Cohen's kappa: agreement beyond what the two judges' own rates give by chance; 0 where chance alone gives all.</param>
public sealed record JudgeAgreement(string Group, int Episodes, double Agreement, double Kappa)
{
    /// <summary>Compares verdicts pair by pair.</summary>
    /// <exception cref="ArgumentException">The numbers of verdicts differ, or there are none.</exception>
    public static JudgeAgreement Of(string group, IReadOnlyList<Verdict> first, IReadOnlyList<Verdict> second)
    {
        if (first.Count != second.Count || first.Count == 0)
        {
            throw new ArgumentException($"{first.Count} verdicts stand against {second.Count}; each episode needs one of each, and one episode is the least.", nameof(second));
        }

        var observed = first.Zip(second).Count(pair => pair.First == pair.Second) / (double)first.Count;
        var chance = Enum.GetValues<Verdict>().Sum(verdict => Share(first, verdict) * Share(second, verdict));
        return new JudgeAgreement(group, first.Count, observed, chance >= 1 ? 0 : (observed - chance) / (1 - chance));
    }

    private static double Share(IReadOnlyList<Verdict> verdicts, Verdict verdict) => verdicts.Count(other => other == verdict) / (double)verdicts.Count;
}
