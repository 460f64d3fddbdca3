using StepTool.Core.Runs;
using StepTool.Learning.Learner;

namespace StepTool.Grains.Training;

/// <summary>The learner's settings where a run does not say otherwise; chosen on dev tasks of both worlds.</summary>
internal static class LearnerDefaults
{
    /// <summary>Units of each hidden layer.</summary>
    internal const int Hidden = 64;

    private const double LearningRate = 3e-3;
    private const double Entropy = 0.02;
    private const double LastShare = 0.1;

    /// <summary>Options for the update that makes the version after <paramref name="version"/>; learning rate and entropy bonus fall linearly over the policy's updates.</summary>
    internal static PolicyLearnerOptions Options(TrainingSettings settings, int version)
    {
        var options = new PolicyLearnerOptions();
        var done = settings.TotalUpdates > 0 ? Math.Min(1.0, (double)version / settings.TotalUpdates) : 0;
        var share = 1 - (done * (1 - LastShare));
        return options with
        {
            Epochs = settings.Epochs ?? options.Epochs,
            MiniBatchRows = settings.MiniBatch ?? options.MiniBatchRows,
            Credit = options.Credit with { Rule = settings.Credit, Gamma = settings.Gamma ?? options.Credit.Gamma, Lambda = settings.Lambda ?? options.Credit.Lambda },
            Surrogate = options.Surrogate with { EntropyCoefficient = (settings.Entropy ?? Entropy) * share },
            Kl = options.Kl with { Coefficient = settings.Kl ?? options.Kl.Coefficient },
            Optimiser = options.Optimiser with { LearningRate = (settings.LearningRate ?? LearningRate) * share },
        };
    }
}
