using StepTool.Silo.Cluster;
using StepTool.Silo.Health;

namespace StepTool.Silo.Hosting;

/// <summary>What <c>--help</c> and <c>--version</c> answer, in the look of the console's.</summary>
internal static class SiloHelp
{
    private static readonly string[] Helps = ["--help", "-h", "-?"];
    private static readonly string[] Examples =
    [
        "silo --url http://127.0.0.1:5090 --data-dir /var/lib/steptool --max-episodes 64",
        "silo --storage azure --url http://127.0.0.1:5081 --primary 127.0.0.1:11111 --label gpu=true",
        "silo --StepTool:Tools:AllowedHosts:0=api.example.com --Logging:LogLevel:Orleans.Runtime=Information",
    ];

    /// <summary>The text that is asked for; null where the silo is to start.</summary>
    public static string? Asked(IReadOnlyList<string> arguments) => arguments.Any(Helps.Contains) ? Text : arguments is ["--version"] ? GrainContracts.Version : null;

    private static string Text
    {
        get
        {
            (string Left, string Right)[] rows =
            [
                .. SiloArguments.Switches.Select(known => ($"{known.Name} <{known.Value}>", known.Description + (known.Preset.Length > 0 ? $" [default: {known.Preset}]" : ""))),
                ("--Section:Key <VALUE>", "Any key of the configuration; StepTool__Section__Key in the environment is the same"),
                ("-?, -h, --help", "Show help and usage information"),
                ("--version", "Show version information"),
            ];
            var width = rows.Max(row => row.Left.Length);
            return $"""
                Description:
                  A silo of StepTool: it hosts runs, episodes and trainers until it is told to stop, and drains

                Usage:
                  silo [options]
                  silo {AliveProbe.Command} [options]    asks the silo of this machine whether it lives: 0 where it does

                Options:
                {string.Join(Environment.NewLine, rows.Select(row => $"  {row.Left.PadRight(width)}  {row.Right}"))}

                Examples:
                {string.Join(Environment.NewLine, Examples.Select(example => "  " + example))}

                Exit codes: 0 done, 1 failed, 2 used wrongly.
                """;
        }
    }
}
