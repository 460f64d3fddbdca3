using System.Collections.Frozen;
using System.Text.Json;
using ModelContextProtocol;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Silo.Tools.Http;

namespace StepTool.Silo.Tools.Mcp;

/// <summary>Calls tools of MCP servers, each through the one session that this silo has with it.</summary>
internal sealed partial class McpCaller : IAsyncDisposable
{
    private const McpErrorCode WrongArguments = McpErrorCode.InvalidParams;
    private const int NoSession = -32000; // what servers say by custom, the protocol has no code for it
    private const int NoSessionFound = -32001;
    private readonly LiveOptions _options;
    private readonly FrozenDictionary<string, McpServer> _servers;
    private readonly ChildProcesses _children = new();
    private readonly ILogger<McpCaller> _log;

    public McpCaller(LiveOptions options, GuardedConnection connections, Secrets secrets, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _log = loggers.CreateLogger<McpCaller>();
        _servers = options.McpServers.ToFrozenDictionary(
            server => server.Key,
            server => new McpServer(new McpConnector(server.Key, server.Value, options, _children, connections, secrets, loggers).ConnectAsync, time),
            StringComparer.OrdinalIgnoreCase);
    }

    public string? HostOf(McpBinding binding) => _servers.ContainsKey(binding.Server) ? $"mcp:{binding.Server}" : null;

    public async ValueTask<Attempt> CallAsync(McpBinding binding, JsonElement arguments, CancellationToken cancellationToken)
    {
        McpConnection connection;
        try
        {
            connection = await OpenAsync(binding.Server, cancellationToken);
        }
        catch (McpUnavailableException exception)
        {
            return new Lost(exception.Message) { NeverSent = true, IsTransient = _servers.ContainsKey(binding.Server), RetryAfter = exception.RetryAfter };
        }

        var post = McpPost.Watch();
        try
        {
            var given = arguments.EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value, StringComparer.Ordinal);
            var result = await connection.Client.CallToolAsync(binding.Tool, given, new Reported(this, binding), cancellationToken: cancellationToken);
            connection.Answer();
            return ToolContent.Read(result);
        }
        catch (McpProtocolException exception) when (post.IsRefused && (int)exception.ErrorCode is NoSession or NoSessionFound)
        {
            connection.Break();
            return new Lost($"MCP server '{binding.Server}' does not know the session any more: {exception.Message}") { IsTransient = true, NeverSent = true };
        }
        catch (McpProtocolException exception)
        {
            return new Answered(exception.ErrorCode == WrongArguments ? ToolStatus.BadInput : ToolStatus.RequestError, AnswerText.Clean(exception.Message), "");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            connection.Break();
            return new Lost($"The session with MCP server '{binding.Server}' ended during a call of '{binding.Tool}': {exception.Message}") { IsTransient = true, NeverSent = post.IsUnsent };
        }
        finally
        {
            connection.Leave();
        }
    }

    /// <summary>A server's tools as it lists them now.</summary>
    public async ValueTask<LiveListing> ListAsync(string server, CancellationToken cancellationToken)
    {
        McpConnection? connection = null;
        try
        {
            connection = await OpenAsync(server, cancellationToken);
            var client = connection.Client;
            var tools = await client.ListToolsAsync(cancellationToken: cancellationToken);
            return new LiveListing([.. tools.Select(tool => McpListing.Define(server, _options.McpServers[server].IsSafe, client, tool.ProtocolTool)).OrderBy(api => api.Documentation.Key)]);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is McpException or McpUnavailableException or IOException or HttpRequestException)
        {
            return new LiveListing([], exception.Message);
        }
        finally
        {
            connection?.Leave();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_servers.Values.Select(server => server.DisposeAsync().AsTask()));
        _children.Dispose();
    }

    private Task<McpConnection> OpenAsync(string server, CancellationToken cancellationToken) => _servers.TryGetValue(server, out var known)
        ? known.ConnectAsync(cancellationToken)
        : throw new McpUnavailableException(
            $"{LiveOptions.Section}:McpServers:{server} is missing; a server must be configured under the name by which it is called{(_servers.Count > 0 ? $", and there are {string.Join(", ", _servers.Keys.Order())}" : "")}. "
            + $"Set StepTool__Tools__McpServers__{server}__Command or __Url in the silo's environment.");

    [LoggerMessage(LogLevel.Debug, "MCP server {Server}, {Tool}: {Progress} of {Total} {Message}")]
    private partial void LogProgress(string server, string tool, float progress, float? total, string message);

    /// <summary>Logs how far a call is.</summary>
    private sealed class Reported(McpCaller owner, McpBinding binding) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value) => owner.LogProgress(binding.Server, binding.Tool, value.Progress, value.Total, AnswerText.Clean(value.Message ?? ""));
    }
}
