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
            throw new ArgumentException($"Run id '{plan.Run}' must be 1 to 128 letters, digits, '-' and '_'. Choose another.", nameof(plan));
        }

        Check($"run '{plan.Run}'", plan.Rewards);
        Known($"The tool mode of run '{plan.Run}'", plan.Tools);
        if (plan.Stages.IsDefaultOrEmpty == plan.Serves is null)
        {
            throw new ArgumentException(
                $"Run '{plan.Run}' has {(plan.Serves is null ? "neither stages nor" : "both stages and")} a policy that serves; give it one of them.", nameof(plan));
        }

        if (plan.Serves is { } serves)
        {
            Check(serves);
        }

        foreach (var stage in plan.Stages.IsDefault ? [] : plan.Stages)
        {
            if (stage is EvaluateStage { HoldsFinish: true, Policy.Pin: PolicyPin.Floor })
            {
                throw new ArgumentException($"Stage '{stage.Name}' of run '{plan.Run}' holds Finish back from a floor, which finishes by a rule of its own. Leave it out.", nameof(plan));
            }

            Check(stage switch
            {
                EvaluateStage evaluate => evaluate.Policy,
                TrainStage train => new PolicyReference(train.Policy, PolicyPin.Latest),
                _ => throw new ArgumentException($"Stage '{stage.Name}' of run '{plan.Run}' is of no known kind.", nameof(plan)),
            });
            if (stage is TrainStage trained)
            {
                Check($"stage '{stage.Name}' of run '{plan.Run}'", trained.Rewards ?? plan.Rewards);
                Check($"stage '{stage.Name}' of run '{plan.Run}'", trained.Settings.Credit);
            }
        }
    }

    private static void Check(string place, RewardOptions rewards)
    {
        if (!(rewards.StepWeight is >= 0 and <= 1))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The step weight of {place} is {rewards.StepWeight}; it must lie between 0 and 1. Lower or raise it."));
        }

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
            throw new ArgumentException($"Policy name '{policy.Name}' reads as '{PolicyReference.Parse(policy.ToString())}'. Choose a name without 'floor:'.", nameof(policy));
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,128}$", RegexOptions.CultureInvariant)]
    private static partial Regex RunId();
}
