namespace StepTool.Bench.Fleet;

/// <summary>What the silos of a fleet work on; each is told the same by its command line.</summary>
internal sealed record FleetWork
{
    /// <summary>Configuration section.</summary>
    internal const string Section = "Bench";

    /// <summary>Tasks of the world.</summary>
    public int Tasks { get; init; } = 40_000;

    /// <summary>Turns of a task; the last is its Finish.</summary>
    public int Turns { get; init; } = 11;

    /// <summary>APIs of the world, each a grain somewhere in the cluster.</summary>
    public int Apis { get; init; } = 64;

    /// <summary>How long a tool takes.</summary>
    public int ToolMilliseconds { get; init; } = 50;

    /// <summary>Where calls of tools are counted; empty for tools that do nothing but take their time. With it the work is the generated world's.</summary>
    public string Counter { get; init; } = "";

    /// <summary>As arguments.</summary>
    internal IEnumerable<string> Arguments() =>
    [
        $"--{Section}:{nameof(Counter)}={Counter}",
        $"--{Section}:{nameof(Tasks)}={Tasks}",
        $"--{Section}:{nameof(Turns)}={Turns}",
        $"--{Section}:{nameof(Apis)}={Apis}",
        $"--{Section}:{nameof(ToolMilliseconds)}={ToolMilliseconds}",
    ];
}
