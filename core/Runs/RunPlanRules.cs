using System.Globalization;
using System.Text.RegularExpressions;
using StepTool.Core.Policies.Floors;
using StepTool.Core.Rewards;

namespace StepTool.Core.Runs;

/// <summary>What a plan must keep to, whatever its world: checked once, before a run begins.</summary>
public static partial class RunPlanRules
{
    /// <summary>Checks a plan.</summary>
    /// <exception cref="ArgumentException">A value breaks a rule; the message names it, its value, the rule and the remedy.</exception>
    public static void Check(RunPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (!RunId().IsMatch(plan.Run))
        {
            throw new ArgumentException($"Run id '{plan.Run}' must be 1 to 128 letters, digits, '-' and '_'. Choose another.");
        }

        Check($"run '{plan.Run}'", plan.Rewards);
        Known($"The tool mode of run '{plan.Run}'", plan.Tools);
        if (plan.Stages.IsDefaultOrEmpty == plan.Serves is null)
        {
            throw new ArgumentException(
                $"Run '{plan.Run}' has {(plan.Serves is null ? "neither stages nor" : "both stages and")} a policy that serves; give it one of them.");
        }

        if (plan.Serves is { } serves)
        {
            Check(serves);
        }

        if (!plan.Stages.IsDefault)
        {
            PolicyRules.Check(plan);
        }

        foreach (var stage in plan.Stages.IsDefault ? [] : plan.Stages)
        {
            if (stage is EvaluateStage { HoldsFinish: true, Policy.Pin: PolicyPin.Floor })
            {
                throw new ArgumentException($"Stage '{stage.Name}' of run '{plan.Run}' holds Finish back from a floor, which finishes by a rule of its own. Leave it out.");
            }

            Check(stage switch
            {
                EvaluateStage evaluate => evaluate.Policy,
                TrainStage train => new PolicyReference(train.Policy, PolicyPin.Latest),
                _ => throw new ArgumentException($"Stage '{stage.Name}' of run '{plan.Run}' is of no known kind."),
            });
            var place = $"stage '{stage.Name}' of run '{plan.Run}'";
            switch (stage)
            {
                case TrainStage train:
                    Check(place, train);
                    Check(place, train.Rewards ?? plan.Rewards);
                    Check(place, train.Settings.Credit);
                    break;
                case EvaluateStage evaluate:
                    AtLeast(place, nameof(evaluate.MaxTasks), evaluate.MaxTasks, 0);
                    AtLeast(place, nameof(evaluate.AtTurns), evaluate.AtTurns ?? 0, 0);
                    break;
            }
        }
    }

    private static void Check(string place, TrainStage train)
    {
        AtLeast(place, nameof(train.Iterations), train.Iterations, 1);
        AtLeast(place, nameof(train.BatchSize), train.BatchSize, 1);
        AtLeast(place, nameof(train.MaxStaleness), train.MaxStaleness, 0);
        AtLeast(place, nameof(train.Attempts), train.Attempts, 1);
        AtLeast(place, nameof(train.UntilTurns), train.UntilTurns, 0);
        AtLeast(place, nameof(train.MaxTasks), train.MaxTasks, 0);
        Share(place, nameof(train.FinishShare), train.FinishShare);
        Share(place, nameof(train.MistakeShare), train.MistakeShare);
    }

    private static void AtLeast(string place, string name, long value, long least)
    {
        if (value < least)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} of {place} is {value}; it must be at least {least}. Raise it."));
        }
    }

    private static void Share(string place, string name, double value)
    {
        if (!(value is >= 0 and <= 1))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} of {place} is {value}; it must lie between 0 and 1. Lower or raise it."));
        }
    }

    private static void Check(string place, RewardOptions rewards)
    {
        Share(place, nameof(rewards.StepWeight), rewards.StepWeight);
        Known($"The reward of {place}", rewards.Parts);
        Known($"The control of rewards of {place}", rewards.Control);
        Known($"The rule of contribution of {place}", rewards.Contribution);
    }

    private static void Check(string place, CreditRule credit)
    {
        Known($"The credit of {place}", credit.Weighting);
        Known($"The clock of {place}", credit.Clock);
        Known($"The terminal score of {place}", credit.Terminal);
    }

    private static void Known<TChoice>(string name, TChoice value)
        where TChoice : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new ArgumentException($"{name} is {value}; it must be one of {string.Join(", ", Enum.GetNames<TChoice>())}. Choose one of them.");
        }
    }

    private static void Check(PolicyReference policy)
    {
        if (policy.Pin is PolicyPin.Floor)
        {
            _ = Floors.Create(policy.Name);
        }
        else if (PolicyReference.Parse(policy.ToString()) != policy)
        {
            throw new ArgumentException($"Policy name '{policy.Name}' reads as '{PolicyReference.Parse(policy.ToString())}'. Choose a name without 'floor:'.");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,128}$", RegexOptions.CultureInvariant)]
    private static partial Regex RunId();
}
