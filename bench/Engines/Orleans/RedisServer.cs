using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StepTool.Bench.Fleet;

namespace StepTool.Bench.Engines;

/// <summary>A Redis of this benchmark's own, which keeps the list of silos, so that each of them may die.</summary>
internal sealed class RedisServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Process _process;

    private readonly int _port;

    private RedisServer(Process process, int port)
    {
        (_process, _port) = (process, port);
        AppDomain.CurrentDomain.ProcessExit += Stop;
    }

    /// <summary>Arguments of a silo that finds the others by it.</summary>
    internal IEnumerable<string> Clustering =>
        ["--StepTool:Clustering:Kind=redis", $"--StepTool:Clustering:ConnectionString=127.0.0.1:{_port}", "--StepTool:Clustering:SiloPort=0", "--StepTool:Clustering:GatewayPort=0"];

    /// <summary>Starts it and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">There is no redis-server on this machine, or it does not answer.</exception>
    internal static async Task<RedisServer> StartAsync()
    {
        var port = FreePort.Next();
        try
        {
            string[] arguments = ["--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--save", "", "--appendonly", "no"];
            var process = Process.Start(new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true })!;
            _ = process.StandardOutput.ReadToEndAsync();
            var server = new RedisServer(process, port);
            await AnswersAsync(port);
            return server;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException("This benchmark needs redis-server on the PATH. Install it, for instance with 'apt-get install redis-server'.", exception);
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Stop;
        Stop(null, EventArgs.Empty);
        _process.Dispose();
    }

    private void Stop(object? sender, EventArgs arguments)
    {
        _process.Kill();
        _process.WaitForExit();
    }

    private static async Task AnswersAsync(int port)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(50);
            }
        }
    }
}
