using System.Globalization;
using StepTool.Core.Evaluation;
using StepTool.Grains.Contracts;

namespace StepTool.Client.Policies;

/// <summary>What a gate found, in a line.</summary>
internal static class GateLine
{
    /// <summary>The line.</summary>
    public static string Of(GateResult gate) => string.Create(
        CultureInfo.InvariantCulture,
        $"version {gate.Version} against {gate.Against} at {gate.Run}/{gate.Stage}: {(gate.Difference is { } difference ? Measured(gate, difference) : $"nothing to compare, since no task counts for both or version {gate.Against} was promoted meanwhile")}; {(gate.Passes ? "passed" : "not promoted")}");

    private static string Measured(GateResult gate, Interval difference) =>
        string.Create(CultureInfo.InvariantCulture, $"pass rate {difference.Mean:+0.000;-0.000;0.000} ({difference.Low:+0.000;-0.000;0.000} to {difference.High:+0.000;-0.000;0.000}) over {gate.Tasks} tasks");
}
