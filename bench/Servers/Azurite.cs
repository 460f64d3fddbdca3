using System.Diagnostics;

namespace StepTool.Bench.Servers;

/// <summary>Azure storage on this machine, with a folder of its own: what survives the silos.</summary>
internal sealed class Azurite : IDisposable
{
    private const string Script = "infra/azurite/azurite.sh";
    private readonly string _directory = Directory.CreateTempSubdirectory("steptool-azurite-").FullName;

    private Azurite()
    {
        Connection = Run("start").Trim();
        AppDomain.CurrentDomain.ProcessExit += Stop;
    }

    /// <summary>Its connection string.</summary>
    internal string Connection { get; }

    /// <summary>Arguments of a silo that keeps its state there.</summary>
    internal IEnumerable<string> Storage => StorageAt(Connection);

    /// <summary>Starts it.</summary>
    /// <exception cref="InvalidOperationException">It cannot be had on this machine; the script said why.</exception>
    internal static Task<Azurite> StartAsync() => Task.Run(() => new Azurite());

    /// <summary>Arguments of a silo that keeps its state where a connection string says.</summary>
    internal static IEnumerable<string> StorageAt(string connection) => ["--StepTool:Storage=azure", $"--StepTool:Azure:ConnectionString={connection}"];

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Stop;
        Stop(null, EventArgs.Empty);
    }

    private void Stop(object? sender, EventArgs arguments)
    {
        Run("stop");
        Directory.Delete(_directory, recursive: true);
    }

    private string Run(string command)
    {
        var start = new ProcessStartInfo(Script, command) { RedirectStandardOutput = true };
        start.Environment["AZURITE_RUN"] = _directory;
        using var script = Process.Start(start)!;
        var output = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        return script.ExitCode == 0 ? output : throw new InvalidOperationException($"'{Script} {command}' ended with exit code {script.ExitCode}. Run it by hand from the project's folder to see why.");
    }
}
