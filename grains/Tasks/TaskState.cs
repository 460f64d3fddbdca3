using System.Text.Json.Serialization;
using StepTool.Core.Episodes;
using StepTool.Grains.State;

namespace StepTool.Grains.Tasks;

/// <summary>What a task stores after each step.</summary>
/// <param name="Episode">The episode so far; a pending decision is an intent whose call may have been sent.</param>
/// <param name="Version">Version of the policy that was pinned when the episode began; null for floors.</param>
[StateVersion(4)]
internal sealed record TaskState([property: JsonRequired] Episode Episode, int? Version)
{
    /// <summary>How often the episode had been resumed; 0 for a first attempt. What an earlier attempt left behind is not read.</summary>
    public int Resumed { get; init; }

    /// <summary>Name of the silo that makes the call of a pending decision; null where none is pending.</summary>
    public string? Caller { get; init; }
}
