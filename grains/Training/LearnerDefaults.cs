using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
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

    /// <summary>The share of a policy's training that a version has behind it, from 0 to 1.</summary>
    internal static double Progress(TrainingSettings settings, PolicyManifest version) =>
        settings.TotalTurns > 0 ? Math.Min(1.0, (double)version.Turns / settings.TotalTurns)
        : settings.TotalUpdates > 0 ? Math.Min(1.0, (double)version.Version / settings.TotalUpdates)
        : 0;

    /// <summary>Options of an update; learning rate and entropy bonus fall linearly over the policy's training.</summary>
    /// <param name="settings">How the policy learns.</param>
    /// <param name="done">The share of its training that is done, from 0 to 1.</param>
    internal static PolicyLearnerOptions Options(TrainingSettings settings, double done)
    {
        var options = new PolicyLearnerOptions();
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
