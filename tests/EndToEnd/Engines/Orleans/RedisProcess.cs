using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StepTool.Tests.Storage;
using Xunit;

namespace StepTool.Tests.EndToEnd.Engines;

/// <summary>A test on a real Redis, skipped with the reason where the machine has none.</summary>
internal sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() => Skip = Azurite.Missing ?? RedisProcess.Missing;
}

/// <summary>A Redis of its own for each test, on a free port of loopback, that keeps nothing.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private const string Program = "redis-server";
    private readonly Process _process;

    private RedisProcess(Process process, int port) => (_process, ConnectionString) = (process, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Missing { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Program)))
        ? null
        : $"No {Program} on the PATH: install it, for instance with 'apt-get install redis-server'.";

    public string ConnectionString { get; }

    public static async Task<RedisProcess> StartAsync()
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Program, ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            lines.Add(line);
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                return new RedisProcess(process, port);
            }
        }

        throw new InvalidOperationException($"Redis ended before it was ready. It wrote:\n{string.Join('\n', lines)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
