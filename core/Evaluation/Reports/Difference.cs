using System.Collections.Immutable;

namespace StepTool.Core.Evaluation.Reports;

/// <summary>Paired difference of two methods' pass rates.</summary>
/// <param name="Method">The method.</param>
/// <param name="Against">What it is compared with.</param>
/// <param name="AgainstKind">What that is; differences of one method against one kind are one family.</param>
/// <param name="PassRate">Pass rate of the method less that of the other.</param>
/// <param name="PValue">Two-sided bootstrap p-value, adjusted over its family by Holm's procedure.</param>
public sealed record Difference(string Method, string Against, MethodKind AgainstKind, Interval PassRate, double PValue)
{
    /// <summary>Whether this is a claim: the interval excludes 0 and so does the whole family's test at 5 %.</summary>
    public bool Holds { get; init; }

    /// <summary>The difference over the tasks whose chain has at least two links, where credit has to cross steps; null where there are none, or no others.</summary>
    public DeepDifference? Deep { get; init; }

    /// <summary>The difference by length of the dependency chain.</summary>
    public ImmutableArray<SliceDifference> ByDepth { get; init; } = [];

    /// <summary>The difference by kind of task.</summary>
    public ImmutableArray<SliceDifference> ByKind { get; init; } = [];
}

/// <summary>A difference over the tasks of depth 2 and more, a family of its own.</summary>
/// <param name="PassRate">Difference of pass rates.</param>
/// <param name="PValue">Two-sided bootstrap p-value, adjusted over its family by Holm's procedure.</param>
/// <param name="Holds">Whether this is a claim.</param>
public sealed record DeepDifference(Interval PassRate, double PValue, bool Holds);

/// <summary>A difference over the tasks that share a label.</summary>
/// <param name="Name">The label.</param>
/// <param name="PassRate">Difference of pass rates.</param>
public sealed record SliceDifference(string Name, Interval PassRate);
