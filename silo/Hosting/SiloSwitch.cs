namespace StepTool.Silo.Hosting;

/// <summary>A short name of the silo's command line.</summary>
/// <param name="Name">The name with its dashes.</param>
/// <param name="Value">What its value is called in the help.</param>
/// <param name="Key">The key of the configuration; empty where each value has one of its own.</param>
/// <param name="Description">One line.</param>
/// <param name="Preset">What holds without it; empty for nothing.</param>
internal sealed record SiloSwitch(string Name, string Value, string Key, string Description, string Preset);
