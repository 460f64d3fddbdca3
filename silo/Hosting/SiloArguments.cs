using Microsoft.Extensions.Options;
using StepTool.Grains.Hosting;
using StepTool.Silo.Virtual;

namespace StepTool.Silo.Hosting;

/// <summary>A silo's command line. Every key of the sections works by its full name, such as <c>--StepTool:ClusterId</c>; what is set most often has a short one.</summary>
internal static class SiloArguments
{
    private const string Label = "--label";

    private static readonly Dictionary<string, string> Switches = new()
    {
        ["--url"] = $"{SiloOptions.Section}:{nameof(SiloOptions.Url)}",
        ["--data-dir"] = $"{SiloOptions.Section}:{nameof(SiloOptions.DataDirectory)}",
        ["--storage"] = $"{SiloOptions.Section}:{nameof(SiloOptions.Storage)}",
        ["--api-key"] = $"{SiloOptions.Section}:{nameof(SiloOptions.ApiKey)}",
        ["--cluster-id"] = $"{SiloOptions.Section}:{nameof(SiloOptions.ClusterId)}",
        ["--clustering"] = $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.Kind)}",
        ["--primary"] = $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.Primary)}",
        ["--silo-port"] = $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.SiloPort)}",
        ["--gateway-port"] = $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.GatewayPort)}",
        ["--virtual-world"] = $"{VirtualOptions.Section}:{nameof(VirtualOptions.World)}",
        ["--max-episodes"] = $"{GrainsOptions.Section}:{nameof(GrainsOptions.MaxEpisodes)}",
    };

    /// <summary>Adds the arguments.</summary>
    /// <exception cref="OptionsValidationException">A label has no value.</exception>
    public static IConfigurationBuilder AddSiloArguments(this IConfigurationBuilder configuration, IReadOnlyList<string> arguments) =>
        configuration.AddCommandLine([.. WithLabels(arguments)], Switches);

    // A label may be given again and again, each with a key of its own.
    private static IEnumerable<string> WithLabels(IReadOnlyList<string> arguments)
    {
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            if (argument == Label)
            {
                yield return Key(index + 1 < arguments.Count ? arguments[++index] : "");
            }
            else
            {
                yield return argument.StartsWith(Label + "=", StringComparison.Ordinal) ? Key(argument[(Label.Length + 1)..]) : argument;
            }
        }
    }

    private static string Key(string label) => label.IndexOf('=', StringComparison.Ordinal) > 0
        ? $"--{SiloOptions.Section}:{nameof(SiloOptions.Labels)}:{label}"
        : throw new OptionsValidationException(SiloOptions.Section, typeof(SiloOptions), [$"{Label} is '{label}'; it must be KEY=VALUE. Give one such as {Label} gpu=true."]);
}
