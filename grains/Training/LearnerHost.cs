using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StepTool.Core.Episodes;
using StepTool.Core.Features;
using StepTool.Core.Judging;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Learning.Backends;
using StepTool.Learning.Learner;
using StepTool.Learning.Methods;
using StepTool.Learning.Models;

namespace StepTool.Grains.Training;

/// <summary>Makes the learners of this silo, which share a backend. One a silo.</summary>
public sealed partial class LearnerHost : IDisposable
{
    private readonly ILearnerBackend _backend;

    /// <summary>Chooses the backend.</summary>
    /// <exception cref="PlatformNotSupportedException">The backend that the options name cannot be used here.</exception>
    public LearnerHost(IOptions<GrainsOptions> options, IOptions<TrainingOptions> training, SiloLabels labels, ILogger<LearnerHost> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(labels);
        var hasGpu = labels.Values.GetValueOrDefault(SiloLabels.Gpu) == SiloLabels.Yes;
        _backend = LearnerBackends.Create(training.Value.Choose(hasGpu), options.Value.LearnerThreads > 0 ? options.Value.LearnerThreads : null);
        LogBackend(logger, _backend.Name);
    }

    /// <summary>A policy's state before its first update.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    internal LearnerState Create(TrainingSettings settings)
    {
        _ = TrainingMethods.Create(settings.Method);
        var hidden = settings.Hidden ?? LearnerDefaults.Hidden;
        var architecture = new CandidateArchitecture(FeatureExtractor.CandidateSize, FeatureExtractor.SituationSize, hidden, hidden, shortcut: true);
        return PolicyLearner.Create(architecture, LearnerDefaults.Options(settings, 0), settings.Seed, _backend).State;
    }

    /// <summary>A policy's state before its first update where it starts from the weights of another: they are its frozen reference too.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    internal static LearnerState Continue(TrainingSettings settings, NetworkWeights weights)
    {
        _ = TrainingMethods.Create(settings.Method);
        var options = LearnerDefaults.Options(settings, 0);
        options.Validate();
        return LearnerState.Start(weights, options.Kl.Coefficient, settings.Seed);
    }

    /// <summary>A learner that continues a state, which a version was made of.</summary>
    internal PolicyLearner Resume(LearnerState state, PolicyManifest version, TrainingSettings settings) =>
        new(state, LearnerDefaults.Options(settings, LearnerDefaults.Progress(settings, version)), _backend);

    /// <summary>What an update measured, by name.</summary>
    internal static ImmutableSortedDictionary<string, double> Describe(UpdateMetrics metrics, Episode[] trajectories, int dropped) => new Dictionary<string, double>
    {
        ["policyLoss"] = metrics.PolicyLoss,
        ["valueLoss"] = metrics.ValueLoss,
        ["klToStart"] = metrics.KlToReference,
        ["klToBehaviour"] = metrics.KlToBehaviour,
        ["entropy"] = metrics.Entropy,
        ["clipFraction"] = metrics.ClipFraction,
        ["explainedVariance"] = metrics.ExplainedVariance,
        ["gradientNorm"] = metrics.GradientNorm,
        ["epochs"] = metrics.Epochs,
        ["klLimited"] = metrics.End is UpdateEnd.KlLimit ? 1 : 0,
        ["rows"] = metrics.Rows,
        ["dropped"] = dropped,
        ["return"] = trajectories.Average(episode => episode.Return),
        ["passRate"] = trajectories.Average(episode => episode.Verdict switch { Verdict.Solved => 1, Verdict.Unsure => 0.5, _ => 0 }),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal).AddRange(metrics.Extras);

    /// <inheritdoc/>
    public void Dispose() => _backend.Dispose();

    [LoggerMessage(Level = LogLevel.Information, Message = "Learners on this silo compute with {Backend}.")]
    private static partial void LogBackend(ILogger logger, string backend);
}
