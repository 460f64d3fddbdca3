using StepTool.Client.CommandLine;

namespace StepTool.Tests.Client;

/// <summary>Runs a command line in this process and keeps what it wrote.</summary>
internal sealed record ConsoleRun(int ExitCode, string Output, string Errors)
{
    public static async Task<ConsoleRun> OfAsync(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await SteptoolRoot.RunAsync(arguments, new Terminal(output, errors, isInteractive: false), CancellationToken.None);
        return new ConsoleRun(code, output.ToString(), errors.ToString());
    }
}
