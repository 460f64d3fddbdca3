using System.Diagnostics;
using System.Text.Json.Nodes;

namespace StepTool.Bench.Virtual;

/// <summary>A silo in a process of its own, into which a folder was imported by the console.</summary>
internal sealed class VirtualServer : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _silo;
    private readonly string _directory;

    private VirtualServer(Process silo, string directory, Uri url)
    {
        (_silo, _directory, Url) = (silo, directory, url);
        AppDomain.CurrentDomain.ProcessExit += EndWithThis;
    }

    /// <summary>Where it answers.</summary>
    internal Uri Url { get; }

    /// <summary>Imports and starts.</summary>
    internal static async Task<VirtualServer> StartAsync(string folder)
    {
        var directory = Directory.CreateTempSubdirectory("steptool-bench-").FullName;
        using (var import = Start("steptool.dll", "tools", "import", "--data", folder, "--data-dir", directory, "--json"))
        {
            var output = await import.StandardOutput.ReadToEndAsync();
            await import.WaitForExitAsync();
            _ = import.ExitCode == 0 ? JsonNode.Parse(output) : throw new InvalidOperationException($"The import failed: {output}");
        }

        var silo = Start("StepTool.Silo.dll", "--url", "http://127.0.0.1:0", "--data-dir", directory);
        while (await silo.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(Listening, StringComparison.Ordinal))
            {
                _ = silo.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new VirtualServer(silo, directory, new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim() + "/virtual"));
            }
        }

        throw new InvalidOperationException("The silo ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithThis;
        _silo.Kill();
        await _silo.WaitForExitAsync();
        _silo.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void EndWithThis(object? sender, EventArgs e) => _silo.Kill();

    private static Process Start(string assembly, params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments]) { RedirectStandardOutput = true })!;
}
