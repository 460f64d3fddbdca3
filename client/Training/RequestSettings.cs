using System.Collections.Immutable;
using System.Globalization;
using StepTool.Client.Comparing;
using StepTool.Core.Rewards;

namespace StepTool.Client.Training;

/// <summary>A request's settings by name, as a report states them.</summary>
internal static class RequestSettings
{
    private const string Preset = "learner's default";

    /// <summary>All settings of a training that can change a number.</summary>
    public static ImmutableSortedDictionary<string, string> Of(TrainRequest request) => Common(request).SetItems(
    [
        KeyValuePair.Create("iterations", Text(request.Iterations)),
        KeyValuePair.Create("method", request.Settings.Method),
        KeyValuePair.Create("seed", Text(request.Seed)),
    ]);

    /// <summary>All settings of a comparison that can change a number.</summary>
    public static ImmutableSortedDictionary<string, string> Of(CompareRequest request) => Common(request).SetItems(
    [
        KeyValuePair.Create("demonstrations", request.Demonstrations == 0 ? "all" : Text(request.Demonstrations)),
        KeyValuePair.Create("contenders", string.Join(", ", request.Contenders.Select(contender => contender.Name))),
        KeyValuePair.Create("seeds", string.Join(",", request.Seeds)),
        KeyValuePair.Create("split", request.Measured.ToString()),
        KeyValuePair.Create("start-turns", Text(request.StartTurns)),
        KeyValuePair.Create("turns", Text(request.Turns)),
    ]);

    private static ImmutableSortedDictionary<string, string> Common(ExperimentRequest request)
    {
        var settings = request.Settings;
        return new Dictionary<string, string>
        {
            ["batch"] = Text(request.BatchSize),
            ["clock"] = settings.Credit.Clock.ToString(),
            ["contribution"] = request.Rewards.Contribution.ToString(),
            ["credit"] = settings.Credit.Weighting.ToString(),
            ["deterministic"] = request.Deterministic ? "yes" : "no",
            ["entropy"] = Text(settings.Entropy),
            ["epochs"] = Text(settings.Epochs),
            ["finish-share"] = Text(request.FinishShare),
            ["gamma"] = Text(settings.Gamma),
            ["hidden"] = Text(settings.Hidden),
            ["kl"] = Text(settings.Kl),
            ["lambda"] = Text(settings.Lambda),
            ["learning-rate"] = Text(settings.LearningRate),
            ["max-staleness"] = Text(request.MaxStaleness),
            ["mini-batch"] = Text(settings.MiniBatch),
            ["mistakes"] = Text(request.MistakeShare),
            ["reward"] = request.Rewards.Control is RewardControl.None ? request.Rewards.Parts.ToString() : request.Rewards.Control.ToString(),
            ["unanswered"] = request.Rewards.PaysUnanswered ? "paid" : "unpaid",
            ["step-weight"] = Text(request.Rewards.StepWeight),
            ["terminal"] = settings.Credit.Terminal.ToString(),
            ["test-groups"] = Text(request.TestGroups),
            ["test-tasks"] = request.TestTasks == 0 ? "all" : Text(request.TestTasks),
            ["train-groups"] = Text(request.TrainGroups),
            ["world"] = request.World,
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    private static string Text(ImmutableArray<string> groups) => groups.IsEmpty ? "all" : string.Join(",", groups);

    private static string Text<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture) ?? Preset;

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
