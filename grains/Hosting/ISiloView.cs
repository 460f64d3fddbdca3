using System.Collections.Immutable;

namespace StepTool.Grains.Hosting;

/// <summary>The cluster as this silo knows it. Reading it costs no call.</summary>
public interface ISiloView
{
    /// <summary>Grows with each change of the cluster that this silo learns of.</summary>
    long Version { get; }

    /// <summary>Names of the silos that take grains, this one included while it does.</summary>
    ImmutableArray<string> Members { get; }

    /// <summary>Whether a silo was a member and is none any more. A silo that this one has not heard of has not left.</summary>
    bool HasLeft(string silo);

    /// <summary>Whether a silo works still, be it that it is leaving. One that nobody has heard of does not.</summary>
    bool IsAlive(string silo);

    /// <summary>The members that bear a label.</summary>
    ImmutableArray<string> Labelled(string key, string value);
}
