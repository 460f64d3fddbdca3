using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using StepTool.Client.Commands;
using StepTool.Core.Storage;
using StepTool.Core.Worlds.Catalogues;

namespace StepTool.Client.CommandLine;

/// <summary>The console's commands and how one of them is run: 0 done, 1 failed, 2 used wrongly.</summary>
internal static class SteptoolRoot
{
    private const int Failed = 1;
    private const int UsedWrongly = 2;

    /// <summary>Reads the arguments and runs what they name.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellationToken)
    {
        var root = Commands();
        var parsed = root.Parse(arguments.Count == 0 ? ["--help"] : arguments);
        if (parsed.CommandResult.Command is CommandGroup && parsed.Action is ParseErrorAction && parsed.UnmatchedTokens.Count == 0)
        {
            root.Parse([.. arguments, "--help"]).Invoke(new InvocationConfiguration { Output = terminal.Out.Profile.Out.Writer });
            return UsedWrongly;
        }

        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in UsageErrors.Of(parsed, PathOf(parsed.CommandResult)))
            {
                terminal.Complain(error);
            }

            terminal.Complain($"See '{PathOf(parsed.CommandResult)} --help'.");
            return UsedWrongly;
        }

        if (parsed.CommandResult.Command is not ConsoleCommand command || parsed.Action is not null)
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = terminal.Out.Profile.Out.Writer }, cancellationToken);
        }

        try
        {
            return await command.RunAsync(parsed, parsed.GetValue(command.Json) ? terminal.ForMachines() : terminal, cancellationToken);
        }
        catch (Refusal refusal)
        {
            terminal.Complain(refusal.Message);
            return refusal.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.Complain("Stopped. What was stored is kept.");
            return Failed;
        }
        catch (Exception exception) when (exception is StorageException or OrleansException or OptionsValidationException or CatalogueException or ArgumentException or InvalidOperationException or IOException
            or HttpRequestException or TimeoutException)
        {
            terminal.Complain(exception.Message);
            return Failed;
        }
        catch (Exception exception)
        {
            terminal.Complain($"This should not have happened: {exception}");
            return Failed;
        }
    }

    /// <summary>All commands.</summary>
    public static RootCommand Commands()
    {
        var root = new RootCommand("StepTool: agents learn to use tools over many steps, with every step scored")
        {
            new TrainCommand(),
            new CompareCommand(),
            new EvaluateCommand(),
            new CommandGroup("queue", "Tasks of your own", new QueueAddCommand(), new QueueStatusCommand(), new QueueWatchCommand(), new QueueCancelCommand()),
            new CommandGroup("episodes", "Episodes, step by step", new EpisodesListCommand(), new EpisodesShowCommand(), new EpisodesRescoreCommand(), new EpisodesResumeCommand()),
            new CommandGroup(
                "policy", "Trained policies",
                new PolicyListCommand(), new PolicyShowCommand(), new PolicyGateCommand(), new PolicyPromoteCommand(), new PolicyRollbackCommand(), new PolicyPinCommand(), new PolicyPruneCommand()),
            new CommandGroup("tools", "Worlds and their APIs", new ToolsImportCommand(), new ToolsListCommand(), new ToolsShowCommand(), new ToolsCallCommand()),
            new CommandGroup("runs", "Runs", new RunsListCommand(), new RunsShowCommand(), new RunsWatchCommand(), new RunsCancelCommand()),
            new DoctorCommand(),
        };
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new ExamplesHelp((HelpAction)help.Action!);
        }

        return root;
    }

    private static string PathOf(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent && parent.Command is not RootCommand
            ? $"{PathOf(parent)} {result.Command.Name}"
            : result.Command is RootCommand ? "steptool" : $"steptool {result.Command.Name}";
}
