using System.CommandLine;
using StepTool.Client.CommandLine;
using StepTool.Silo.Storage;

namespace StepTool.Client.Connections;

/// <summary>Where a command finds its grains: in its own process over a data directory, or behind a silo's URL.</summary>
internal sealed class ConnectionOptions
{
    /// <summary>Environment variable of the silo's key.</summary>
    public const string ApiKeyVariable = "STEPTOOL_API_KEY";

    /// <summary>The data directory where none is given.</summary>
    public const string DefaultDirectory = ".steptool";

    private readonly Option<string?> _silo = new("--silo") { Description = "URL of a silo, such as http://127.0.0.1:5080; without it the command hosts one in its own process", HelpName = "URL" };
    private readonly Option<string?> _apiKey = new("--api-key") { Description = $"Key of the silo; better given as {ApiKeyVariable} in the environment", HelpName = "KEY" };

    private readonly Option<string> _dataDirectory = new("--data-dir")
    {
        Description = "Folder of runs, policies and trajectories, used by one process at a time",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultDirectory,
    };

    /// <summary>Adds the options to a command.</summary>
    public ConnectionOptions(Command command)
    {
        command.Options.Add(_silo);
        command.Options.Add(_dataDirectory);
        command.Options.Add(_apiKey);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_silo) is { } url)
            {
                if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
                {
                    result.AddError($"--silo is '{url}'; it must be an http or https URL, such as --silo http://127.0.0.1:5080.");
                }

                if (result.GetResult(_dataDirectory) is { Implicit: false })
                {
                    result.AddError("--data-dir is given beside --silo; the silo has its own data directory. Leave one of them out.");
                }
            }
        });
    }

    /// <summary>Opens the connection that the arguments ask for; a silo in this process goes on with what is stored.</summary>
    public Task<Connection> OpenAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken) =>
        Remote(parsed, terminal, cancellationToken) ?? InProcessSilo.StartAsync(Directory(parsed), terminal, cancellationToken);

    /// <summary>Opens it for looking, or for changing one thing: a silo in this process plays, drives and trains nothing, and a data directory that is not there is not made.</summary>
    /// <exception cref="Core.Storage.StorageException">A folder was named that is no data directory.</exception>
    public Task<Connection> OpenIdleAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        if (parsed.GetResult(_dataDirectory) is { Implicit: false })
        {
            DataDirectory.Require(Directory(parsed));
        }

        return Remote(parsed, terminal, cancellationToken) ?? InProcessSilo.StartIdleAsync(Directory(parsed), terminal, cancellationToken);
    }

    /// <summary>Opens it as <see cref="OpenIdleAsync"/> does, for what may be the first that is stored: a data directory that is not there is made.</summary>
    public Task<Connection> MakeIdleAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken) =>
        Remote(parsed, terminal, cancellationToken) ?? InProcessSilo.MakeIdleAsync(Directory(parsed), terminal, cancellationToken);

    /// <summary>The folder that a command keeps its own files in.</summary>
    public string Directory(ParseResult parsed) => parsed.GetValue(_dataDirectory)!;

    /// <summary>Where a command keeps files of its own until it is done: the data directory, or with a silo elsewhere the machine's folder for temporary files.</summary>
    public string WorkDirectory(ParseResult parsed) => parsed.GetValue(_silo) is null ? Directory(parsed) : Path.Combine(Path.GetTempPath(), "steptool");

    /// <summary>The options by which another command finds the same grains, with a leading space; empty for the defaults.</summary>
    public string Same(ParseResult parsed) =>
        parsed.GetValue(_silo) is { } url ? $" --silo {url}"
        : parsed.GetValue(_dataDirectory) is { } directory && directory != DefaultDirectory ? $" --data-dir {directory}"
        : "";

    private Task<Connection>? Remote(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken) => parsed.GetValue(_silo) is { } url
        ? RemoteSilo.ConnectAsync(new Uri(url), parsed.GetValue(_apiKey) ?? Environment.GetEnvironmentVariable(ApiKeyVariable) ?? "", terminal, cancellationToken)
        : null;
}
