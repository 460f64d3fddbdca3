using StepTool.Core.Episodes;

namespace StepTool.Grains.Tasks;

/// <summary>What a task stores after each step.</summary>
/// <param name="Episode">The episode so far; a pending decision is an intent whose call may have been sent.</param>
/// <param name="Version">Version of the policy that was pinned when the episode began; null for floors.</param>
internal sealed record TaskState(Episode Episode, int? Version);
