using System.Net;
using System.Net.Sockets;

namespace StepTool.Silo.Tools.Http;

/// <summary>Opens connections: resolves the name, checks what it resolved to, and connects to just that, so that a second look-up cannot lead elsewhere.</summary>
internal sealed class GuardedConnection(LiveOptions options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    /// <summary>A handler whose connections are all opened here. It follows no redirect and keeps no cookie.</summary>
    /// <param name="isPooled">Whether connections are used again. A request on a used connection may be sent twice by the client itself, so mutating calls get connections of their own.</param>
    public SocketsHttpHandler CreateHandler(bool isPooled) => new()
    {
        ConnectCallback = ConnectAsync,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = isPooled ? Lifetime : TimeSpan.Zero,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false, // a proxy would look the name up again
        AutomaticDecompression = DecompressionMethods.All,
        MaxResponseDrainSize = 0,
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8,
    };

    /// <summary>Whether a request failed before there was a connection of its own to send it on.</summary>
    public static bool NeverCameAbout(HttpRequestException exception) =>
        exception.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        var allowed = options.AllowPrivateAddresses ? found : Array.FindAll(found, AddressRules.IsPublic);
        if (allowed.Length == 0 && found.Length > 0)
        {
            throw new AddressRefusedException(
                $"'{host}' is at {string.Join(", ", found.Take(4).Select(address => address.ToString()))}, which is not of the open Internet; {LiveOptions.Section}:AllowPrivateAddresses is false. "
                + "Set StepTool__Tools__AllowPrivateAddresses=true if tools may reach this machine and its network.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A host that is at no address which may be called.</summary>
internal sealed class AddressRefusedException(string message) : IOException(message);
