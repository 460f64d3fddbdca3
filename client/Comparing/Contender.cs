using System.Collections.Immutable;
using StepTool.Core.Evaluation.Reports;
using StepTool.Core.Rewards;
using StepTool.Core.Runs;
using StepTool.Learning.Methods;

namespace StepTool.Client.Comparing;

/// <summary>One row of a comparison that learns.</summary>
/// <param name="Name">Its name: the method's, and what is different about it.</param>
/// <param name="Settings">How it learns.</param>
/// <param name="Rewards">How its steps are rewarded.</param>
internal sealed record Contender(string Name, TrainingSettings Settings, RewardOptions Rewards)
{
    /// <summary>The contender that claims are about.</summary>
    public const string Main = "steptool";

    /// <summary>Its place in the report; what reads the truth stands outside the ranking.</summary>
    public MethodKind Kind => TrainingMethods.References.Contains(Settings.Method) || (Rewards.Control is RewardControl.Oracle && TrainingMethods.Create(Settings.Method).ReadsStepRewards)
        ? MethodKind.Reference
        : MethodKind.Method;

    /// <summary>What can be asked for by name, in the report's order: methods, then references.</summary>
    public static ImmutableArray<string> Known { get; } = [.. TrainingMethods.All, .. TrainingMethods.References];

    /// <summary>The methods asked for and, for each ablation, StepTool with one thing changed.</summary>
    /// <param name="methods">Names of <see cref="Known"/>, or <c>all</c>; empty for all, or for StepTool alone beside ablations.</param>
    /// <param name="ablations"><c>credit</c>, <c>rewards</c>.</param>
    /// <param name="settings">How all learn.</param>
    /// <param name="rewards">How all are rewarded.</param>
    public static ImmutableArray<Contender> Of(
        IReadOnlyCollection<string> methods, IReadOnlyCollection<string> ablations, TrainingSettings settings, RewardOptions rewards)
    {
        IEnumerable<string> names = methods.Contains("all") || (methods.Count == 0 && ablations.Count == 0) ? Known : methods.Count == 0 ? [Main] : methods;
        var main = new Contender(Main, settings with { Method = Main }, rewards);
        return
        [
            .. Known.Where(names.Contains).Select(method => new Contender(method, settings with { Method = method }, rewards)),
            .. (ablations.Contains("credit") ? Credit(main) : []).Concat(ablations.Contains("rewards") ? Paid(main) : []).Where(main.Differs),
        ];
    }

    // Repaired is what StepTool does here; released is all three switches as in the published code.
    private static IEnumerable<Contender> Credit(Contender main) =>
    [
        main.With("released", new CreditRule { Weighting = CreditWeighting.Released, Clock = CreditClock.Token, Terminal = TerminalScore.Dropped }),
        main.With("released weights", main.Settings.Credit with { Weighting = CreditWeighting.Released }),
        main.With("immediate", main.Settings.Credit with { Weighting = CreditWeighting.Immediate }),
        main.With("token clock", main.Settings.Credit with { Clock = CreditClock.Token }),
        main.With("dropped", main.Settings.Credit with { Terminal = TerminalScore.Dropped }),
    ];

    private static IEnumerable<Contender> Paid(Contender main) =>
    [
        main.With("success", main.Rewards with { Parts = RewardParts.Success }),
        main.With("contribution", main.Rewards with { Parts = RewardParts.Contribution }),
        main.With("unanswered", main.Rewards with { PaysUnanswered = !main.Rewards.PaysUnanswered }),
        main.With("final", main.Rewards with { Parts = RewardParts.Final }),
        main.With("shuffled", main.Rewards with { Control = RewardControl.Shuffled }),
        main.With("constant", main.Rewards with { Control = RewardControl.Constant }),
        main.With("oracle", main.Rewards with { Control = RewardControl.Oracle }),
    ];

    // What the command line has set already is not set once more.
    private bool Differs(Contender other) => (Settings, Rewards) != (other.Settings, other.Rewards);

    private Contender With(string name, CreditRule credit) => new($"{Name} {name}", Settings with { Credit = credit }, Rewards);

    private Contender With(string name, RewardOptions rewards) => new($"{Name} {name}", Settings, rewards);
}
