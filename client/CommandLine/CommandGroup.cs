using System.CommandLine;

namespace StepTool.Client.CommandLine;

/// <summary>Commands about one thing, such as <c>queue add</c> and <c>queue status</c>.</summary>
internal sealed class CommandGroup : Command
{
    public CommandGroup(string name, string description, params ConsoleCommand[] commands)
        : base(name, description)
    {
        foreach (var command in commands)
        {
            Subcommands.Add(command);
        }
    }
}
