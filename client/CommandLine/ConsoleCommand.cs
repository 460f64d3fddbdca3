using System.CommandLine;

namespace StepTool.Client.CommandLine;

/// <summary>A command of the console: declares its options, carries examples for <c>--help</c>, and runs.</summary>
internal abstract class ConsoleCommand : Command
{
    protected ConsoleCommand(string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
        Json = new Option<bool>("--json") { Description = "Write one JSON document to standard output; progress goes to standard error" };
        Options.Add(Json);
    }

    /// <summary>Command lines that work, shown by <c>--help</c>.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Whether output is for machines.</summary>
    public Option<bool> Json { get; }

    /// <summary>Runs the command and returns its exit code.</summary>
    /// <exception cref="Refusal">The command cannot do what it was asked.</exception>
    public abstract Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken);
}
