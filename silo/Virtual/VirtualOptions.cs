using StepTool.Core.Tools;

namespace StepTool.Silo.Virtual;

/// <summary>What <c>/virtual</c> answers from: configuration section <c>StepTool:Virtual</c>.</summary>
public sealed class VirtualOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "StepTool:Virtual";

    /// <summary>Reference of the world, as <c>steptool tools import</c> prints it; empty (default) for the one imported last.</summary>
    public string World { get; set; } = "";

    /// <summary>Where the answers to calls that are not recorded may come from; <see cref="ToolMode.Recorded"/> (default) simulates them.</summary>
    public ToolMode Mode { get; set; }
}
