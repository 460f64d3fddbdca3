using Microsoft.Extensions.Options;
using StepTool.Core.Text;
using StepTool.Grains.Hosting;
using StepTool.Silo.Virtual;

namespace StepTool.Silo.Hosting;

/// <summary>A silo's command line. Every key of the sections works by its full name, such as <c>--StepTool:ClusterId</c>; what is set most often has a short one.</summary>
internal static class SiloArguments
{
    private const string Label = "--label";

    /// <summary>The short names.</summary>
    public static IReadOnlyList<SiloSwitch> Switches { get; } =
    [
        new("--url", "URL", $"{SiloOptions.Section}:{nameof(SiloOptions.Url)}", "Where it listens: one http URL, port 0 for a free one; beyond loopback with a key", "http://127.0.0.1:5080"),
        new("--data-dir", "DIR", $"{SiloOptions.Section}:{nameof(SiloOptions.DataDirectory)}", "Folder of state and blobs, used by one process at a time", ".steptool"),
        new("--storage", "KIND", $"{SiloOptions.Section}:{nameof(SiloOptions.Storage)}", "Where state is kept: sqlite, memory or azure", "sqlite"),
        new("--api-key", "KEY", $"{SiloOptions.Section}:{nameof(SiloOptions.ApiKey)}", "Key that callers send; better given as StepTool__ApiKey in the environment", ""),
        new("--cluster-id", "ID", $"{SiloOptions.Section}:{nameof(SiloOptions.ClusterId)}", "Name of the cluster, the same on all of its silos", "steptool"),
        new("--clustering", "KIND", $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.Kind)}", "Where the list of silos is kept: localhost, azure, adonet or redis (engine Orleans)", "localhost"),
        new("--primary", "HOST:PORT", $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.Primary)}", "Silo port of the first silo, for the others of clustering localhost", ""),
        new("--silo-port", "N", $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.SiloPort)}", "Where other silos connect, 0 for a free one", "free, or 11111"),
        new("--gateway-port", "N", $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.GatewayPort)}", "Where consoles connect, 0 for a free one", "free, or 30000"),
        new("--virtual-world", "REFERENCE", $"{VirtualOptions.Section}:{nameof(VirtualOptions.World)}", "World that /virtual answers from", "the one imported last"),
        new("--max-episodes", "N", $"{GrainsOptions.Section}:{nameof(GrainsOptions.MaxEpisodes)}", "Episodes at work at a time", "48"),
        new(Label, "KEY=VALUE", "", "What sets this silo apart, such as gpu=true; as often as needed", ""),
    ];

    /// <summary>Adds the arguments.</summary>
    /// <exception cref="OptionsValidationException">An argument is not known, or has no value.</exception>
    public static IConfigurationBuilder AddSiloArguments(this IConfigurationBuilder configuration, IReadOnlyList<string> arguments) =>
        configuration.AddInMemoryCollection(Read(arguments));

    // The last of equal keys counts.
    private static Dictionary<string, string?> Read(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < arguments.Count; index++)
        {
            var parts = arguments[index].Split('=', 2);
            var (name, value) = (parts[0], parts.ElementAtOrDefault(1));
            var known = Switches.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (known is null && !(name.StartsWith("--", StringComparison.Ordinal) && name.Contains(':', StringComparison.Ordinal)))
            {
                throw Unknown(name);
            }

            if (value is null && index + 1 < arguments.Count && !arguments[index + 1].StartsWith("--", StringComparison.Ordinal))
            {
                value = arguments[++index];
            }

            values[known is { Name: Label } ? LabelKey(value ?? "") : known?.Key ?? name[2..]] = known is { Name: Label } ? LabelValue(value!) : value ?? throw Valueless(name, known);
        }

        return values;
    }

    // A label may be given again and again, each with a key of its own.
    private static string LabelKey(string label) => label.IndexOf('=', StringComparison.Ordinal) > 0
        ? $"{SiloOptions.Section}:{nameof(SiloOptions.Labels)}:{label.Split('=', 2)[0]}"
        : throw Refused($"{Label} is '{label}'; it must be KEY=VALUE. Give one such as {Label} gpu=true.");

    private static string LabelValue(string label) => label.Split('=', 2)[1];

    private static OptionsValidationException Unknown(string name)
    {
        var near = name.StartsWith('-') && Spelling.Nearest(name, Switches.Select(known => known.Name)) is { } nearest ? $" Did you mean {nearest}?" : "";
        return Refused($"'{name}' is no option of a silo; options are --NAME VALUE, --NAME=VALUE or keys such as --{SiloOptions.Section}:{nameof(SiloOptions.Url)}=VALUE.{near} See --help.");
    }

    private static OptionsValidationException Valueless(string name, SiloSwitch? known) =>
        Refused($"{name} has no value; it must be followed by one. Give {name} {known?.Value ?? "VALUE"}, or leave it out for its default. See --help.");

    private static OptionsValidationException Refused(string message) => new(SiloOptions.Section, typeof(SiloOptions), [message]);
}
