using System.Collections.Immutable;
using StepTool.Grains.Hosting;

namespace StepTool.Tests.Grains;

/// <summary>A cluster as a test wants it to look.</summary>
internal sealed class TestSilos : ISiloView
{
    public long Version { get; set; }

    public ImmutableArray<string> Members { get; set; } = ["one"];

    public HashSet<string> Left { get; } = [];

    public bool HasLeft(string silo) => Left.Contains(silo);

    /// <summary>Told of each silo that somebody asks after.</summary>
    public Action<string> Asked { get; set; } = _ => { };

    public bool IsAlive(string silo)
    {
        Asked(silo);
        return Members.Contains(silo);
    }

    public ImmutableArray<string> Labelled(string key, string value) => [];
}
