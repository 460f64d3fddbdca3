using System.Globalization;

namespace StepTool.Client.Training;

/// <summary>Names of a run's stages: what connects a plan with its progress display and its report.</summary>
internal static class StageNames
{
    /// <summary>The policy before its first update, on test.</summary>
    public const string Untrained = "untrained";

    /// <summary>Prefix of the points of the learning curve.</summary>
    public const string DevPrefix = "dev@";

    /// <summary>Prefix of the parts of training.</summary>
    public const string TrainPrefix = "train@";

    /// <summary>Suffix of a method's pass sampled at temperature 1.</summary>
    public const string SampledSuffix = " sampled";

    /// <summary>A point of the curve, after so many updates.</summary>
    public static string Dev(int updates) => string.Create(CultureInfo.InvariantCulture, $"{DevPrefix}{updates}");

    /// <summary>A part of training, up to so many updates.</summary>
    public static string Train(int updates) => string.Create(CultureInfo.InvariantCulture, $"{TrainPrefix}{updates}");

    /// <summary>Whether the stage is a point of the curve.</summary>
    public static bool IsDev(string name) => name.StartsWith(DevPrefix, StringComparison.Ordinal);

    /// <summary>Whether the stage is a sampled pass.</summary>
    public static bool IsSampled(string name) => name.EndsWith(SampledSuffix, StringComparison.Ordinal);
}
