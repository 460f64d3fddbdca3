using System.Text.RegularExpressions;
using StepTool.Core.Policies.Floors;

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

        if (!(plan.Rewards.StepWeight is >= 0 and <= 1))
        {
            throw new ArgumentException($"The step weight of run '{plan.Run}' is {plan.Rewards.StepWeight}; it must lie between 0 and 1. Lower or raise it.", nameof(plan));
        }

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
