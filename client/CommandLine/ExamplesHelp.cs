using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace StepTool.Client.CommandLine;

/// <summary>The usual help, and below it the command's examples.</summary>
internal sealed class ExamplesHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        var command = parseResult.CommandResult.Command;
        var examples = command is ConsoleCommand own
            ? own.Examples
            : [.. command.Subcommands.SelectMany(sub => sub is ConsoleCommand leaf ? leaf.Examples.Take(1) : [])];
        if (examples.Count > 0)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine("  " + example);
            }

            output.WriteLine();
        }

        return 0;
    }
}
