using System.Diagnostics;
using StepTool.Silo.Storage;
using StepTool.Tests.Silo;

namespace StepTool.Tests.Storage.Azure;

/// <summary>An Azurite of a test's own, which it may stop and start: what was stored stays.</summary>
internal sealed class OwnAzurite : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _port = "0";

    private OwnAzurite()
    {
        ConnectionString = Run("start").Trim();
        _port = new Uri(ConnectionString.Split("BlobEndpoint=")[1].Split(';')[0]).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public string ConnectionString { get; }

    /// <summary>A container of it, which is not there yet.</summary>
    public AzureStorageOptions Container => new() { ConnectionString = ConnectionString };

    public static Task<OwnAzurite> StartAsync() => Task.Run(() => new OwnAzurite());

    public Task StopAsync() => Task.Run(() => Run("stop"));

    public Task StartAgainAsync() => Task.Run(() => Run("start"));

    public void Dispose()
    {
        Run("stop");
        _folder.Dispose();
    }

    private string Run(string command)
    {
        var start = new ProcessStartInfo(Script(), command) { RedirectStandardOutput = true };
        (start.Environment["AZURITE_RUN"], start.Environment["AZURITE_DATA"], start.Environment["AZURITE_BLOB_PORT"]) = (_folder.Of("run"), _folder.Of("data"), _port);
        using var script = Process.Start(start)!;
        var output = script.StandardOutput.ReadToEnd();
        script.WaitForExit();
        return script.ExitCode == 0 ? output : throw new InvalidOperationException($"'azurite.sh {command}' ended with exit code {script.ExitCode}.");
    }

    private static string Script()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "infra", "azurite", "azurite.sh") is var script && File.Exists(script))
            {
                return script;
            }
        }

        throw new InvalidOperationException("infra/azurite/azurite.sh is in no folder above the tests.");
    }
}
