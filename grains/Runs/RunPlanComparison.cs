using System.Text.Json;
using StepTool.Core.Runs;
using StepTool.Core.Serialization;

namespace StepTool.Grains.Runs;

/// <summary>Compares plans by what they do.</summary>
internal static class RunPlanComparison
{
    /// <summary>Whether two plans do the same, the command line aside.</summary>
    internal static bool AreEqual(RunPlan one, RunPlan other) => Text(one) == Text(other);

    private static string Text(RunPlan plan) => JsonSerializer.Serialize(plan with { Command = "" }, CoreJson.Default.Of<RunPlan>());
}
