using System.CommandLine;
using System.CommandLine.Parsing;
using StepTool.Core.Text;

namespace StepTool.Client.CommandLine;

/// <summary>What is wrong with a command line, in the console's own words.</summary>
internal static class UsageErrors
{
    /// <summary>The errors. A name that is not there is one error, however much stands behind it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="path">The command that was understood, with the groups before it.</param>
    public static IEnumerable<string> Of(ParseResult parsed, string path)
    {
        if (parsed.UnmatchedTokens.Count == 0)
        {
            return parsed.Errors.Select(Text);
        }

        var (text, command) = (parsed.UnmatchedTokens[0], parsed.CommandResult.Command);
        if (command is ConsoleCommand)
        {
            var what = text.StartsWith('-') ? "option" : "argument";
            return [$"'{text}' is no {what} of '{path}'; leave it out, or quote it where it belongs to a value.{Near(text, command.Options.Select(option => option.Name))}"];
        }

        var known = command.Subcommands.Select(sub => sub.Name).ToList();
        return [$"'{text}' is no command of '{path}'; it has {string.Join(", ", known)}.{Near(text, known)}"];
    }

    private static string Text(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0, IdentifierToken: not null, Option: var option } => $"{option.Name} has no value; it must be followed by one. Give {option.Name} {option.HelpName ?? "VALUE"}, or leave it out.",
        ArgumentResult { Tokens.Count: 0, Argument: var argument } => $"{argument.Name} is missing; it must be given. {argument.Description}.",
        _ => error.Message,
    };

    private static string Near(string text, IEnumerable<string> known) => Spelling.Nearest(text, known) is { } near ? $" Did you mean {near}?" : "";
}
