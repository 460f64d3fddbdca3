using System.Collections.Immutable;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>What an import read from a folder, and what it left out.</summary>
/// <param name="Tasks">Queries read.</param>
/// <param name="Apis">APIs documented.</param>
/// <param name="Answers">Distinct recorded calls.</param>
/// <param name="Episodes">Recorded episodes.</param>
/// <param name="Skipped">Files and entries left out, each with its reason.</param>
public sealed record ImportReport(int Tasks, int Apis, int Answers, int Episodes, ImmutableArray<SkippedEntry> Skipped);

/// <summary>A file or an entry of one that an import left out.</summary>
/// <param name="File">File, relative to the folder.</param>
/// <param name="Where">Line, key or id within the file; empty for the whole file.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record SkippedEntry(string File, string Where, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => Where.Length > 0 ? $"{File}, {Where}: {Reason}" : $"{File}: {Reason}";
}
