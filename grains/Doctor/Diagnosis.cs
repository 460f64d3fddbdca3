using System.Collections.Immutable;

namespace StepTool.Grains.Doctor;

/// <summary>What a doctor found in a store.</summary>
/// <param name="Place">The store.</param>
/// <param name="IsSound">Whether nothing is wrong; what is merely left over is no fault.</param>
/// <param name="Counts">How many there are, by kind: records of each state, blobs, bytes, episodes, versions, orphans.</param>
/// <param name="Faults">What is wrong.</param>
/// <param name="Notes">What is left over or unusual, and harmless.</param>
public sealed record Diagnosis(string Place, bool IsSound, ImmutableSortedDictionary<string, long> Counts, ImmutableArray<Finding> Faults, ImmutableArray<Finding> Notes);

/// <summary>One thing that was found.</summary>
/// <param name="Where">The record, blob or file.</param>
/// <param name="What">What is with it, and what to do.</param>
public sealed record Finding(string Where, string What);
