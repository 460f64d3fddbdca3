using System.Diagnostics;
using System.Text;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using StepTool.Silo.Tools.Http;

namespace StepTool.Silo.Tools.Mcp;

/// <summary>Connects to one configured server: starts its program, or finds its URL.</summary>
internal sealed partial class McpConnector(string name, McpServerOptions server, LiveOptions options, ChildProcesses children, GuardedConnection connections, Secrets secrets, ILoggerFactory loggers)
{
    private const int LongestLine = 64 << 20;
    private const int LongestLogged = 2000;
    private const int LinesTold = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private static readonly string[] Inherited = OperatingSystem.IsWindows() ? ["PATH", "PATHEXT", "SYSTEMROOT", "TEMP", "USERPROFILE"] : ["PATH", "HOME"];
    private readonly ILogger _log = loggers.CreateLogger(typeof(McpConnector).FullName + "." + name);

    private string Key => $"{LiveOptions.Section}:McpServers:{name}";

    /// <summary>Connects.</summary>
    /// <exception cref="McpUnavailableException">It cannot be started or does not answer.</exception>
    public Task<McpConnection> ConnectAsync(CancellationToken cancellationToken) => server.Url.Length > 0 ? ConnectToUrlAsync(cancellationToken) : StartAsync(cancellationToken);

    private async Task<McpConnection> ConnectToUrlAsync(CancellationToken cancellationToken)
    {
        var handler = new McpHttpHandler(new AllowedHosts(options), LongestLine, connections.CreateHandler(isPooled: false));
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            var transport = new HttpClientTransport(
                new HttpClientTransportOptions
                {
                    Endpoint = new Uri(server.Url),
                    TransportMode = HttpTransportMode.StreamableHttp,
                    Name = name,
                    AdditionalHeaders = server.Credential.Length > 0 ? new Dictionary<string, string> { ["Authorization"] = $"Bearer {options.Credentials[server.Credential]}" } : null,
                },
                http,
                loggers);
            return new McpConnection(await OpenAsync(transport, cancellationToken), () => Closed(http));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            http.Dispose();
            throw new McpUnavailableException($"{Key}:Url is '{server.Url}', where no MCP server answers: {Innermost(exception).Message} Start it there, or correct the URL.", exception);
        }
    }

    private async Task<McpConnection> StartAsync(CancellationToken cancellationToken)
    {
        var child = Child();
        var complaints = new Complaints();
        child.ErrorDataReceived += (_, line) => Log(line.Data, complaints);
        child.BeginErrorReadLine();
        try
        {
            var client = await OpenAsync(new StreamClientTransport(child.StandardInput.BaseStream, new BoundedLines(child.StandardOutput.BaseStream, LongestLine), loggers), cancellationToken);
            LogStarted(name, child.Id);
            return new McpConnection(client, () => EndAsync(child));
        }
        catch (Exception exception)
        {
            await EndAsync(child);
            cancellationToken.ThrowIfCancellationRequested();
            throw new McpUnavailableException(
                $"{Key}:Command is '{server.Command}', which gave no MCP server: {Innermost(exception).Message} {complaints} Run it by hand with its arguments to see what it lacks; only PATH, HOME and {Key}:Environment reach it.", exception);
        }
    }

    private Process Child()
    {
        var start = new ProcessStartInfo(server.Command, server.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = server.WorkingDirectory,
        };
        start.Environment.Clear();
        foreach (var variable in Inherited)
        {
            start.Environment[variable] = Environment.GetEnvironmentVariable(variable);
        }

        foreach (var (variable, value) in server.Environment.Concat(server.Secrets.Select(pair => KeyValuePair.Create(pair.Key, options.Credentials[pair.Value]))))
        {
            start.Environment[variable] = value;
        }

        try
        {
            return children.Start(start);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new McpUnavailableException($"{Key}:Command is '{server.Command}', which cannot be started: {exception.Message}. Give the path of a program, or one that is on PATH.", exception);
        }
    }

    private Task<McpClient> OpenAsync(IClientTransport transport, CancellationToken cancellationToken) => McpClient.CreateAsync(
        transport,
        new McpClientOptions
        {
            ClientInfo = new Implementation { Name = "steptool", Version = typeof(McpConnector).Assembly.GetName().Version!.ToString(3) },
            InitializationTimeout = Patience,
        },
        loggers,
        cancellationToken);

    // A closed input tells a server to end; one that does not is killed, with what it started.
    private async ValueTask EndAsync(Process child)
    {
        try
        {
            child.StandardInput.Close();
            await child.WaitForExitAsync(CancellationToken.None).WaitAsync(Farewell);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            // it has ended before all was written, or is killed below
        }

        children.End(child);
        child.Dispose();
    }

    private void Log(string? line, Complaints complaints)
    {
        if (line is { Length: > 0 })
        {
            var text = secrets.Scrub(AnswerText.Clean(Core.Text.TextCut.To(line, LongestLogged)));
            complaints.Add(text);
            LogLine(name, text);
        }
    }

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;

    private static ValueTask Closed(HttpClient http)
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "MCP server {Name} runs as process {ProcessId}.")]
    private partial void LogStarted(string name, int processId);

    [LoggerMessage(LogLevel.Information, "MCP server {Name}: {Line}")]
    private partial void LogLine(string name, string line);

    /// <summary>The last lines of a server's standard error.</summary>
    private sealed class Complaints
    {
        private readonly Queue<string> _lines = [];

        public void Add(string line)
        {
            lock (_lines)
            {
                _lines.Enqueue(line);
                if (_lines.Count > LinesTold)
                {
                    _lines.Dequeue();
                }
            }
        }

        public override string ToString()
        {
            lock (_lines)
            {
                return _lines.Count == 0 ? "It wrote nothing to its standard error." : $"It wrote: {string.Join(" | ", _lines)}";
            }
        }
    }
}
