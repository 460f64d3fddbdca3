using StepTool.Core.Runs;
using StepTool.Grains.Contracts;

namespace StepTool.Bench.Engines.Kills;

/// <summary>What the versions of a policy must be, however many silos died while they were made.</summary>
internal static class Ledger
{
    /// <summary>Violations, each in a sentence.</summary>
    /// <param name="versions">All versions, oldest first.</param>
    /// <param name="trained">Training ordinals that were ordered: from 0 up to this one.</param>
    internal static IEnumerable<string> Check(IReadOnlyList<PolicyManifest> versions, long trained)
    {
        var consumed = OrdinalSet.Empty;
        foreach (var (index, version) in versions.Index())
        {
            if (version.Version != index || version.Parent != index - 1)
            {
                yield return $"Version {version.Version} with parent {version.Parent} stands at place {index} of the chain.";
            }

            var union = consumed.Union(version.Consumed);
            if (union.Count != consumed.Count + version.Consumed.Count)
            {
                yield return $"Version {version.Version} has learnt from ordinals that an earlier one had learnt from.";
            }

            consumed = union;
        }

        if (consumed.Count != trained || consumed.End != trained)
        {
            yield return $"{consumed.Count} training episodes up to {consumed.End} were learnt from; it must be all of {trained}.";
        }
    }
}
