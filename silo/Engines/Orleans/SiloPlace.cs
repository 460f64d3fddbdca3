using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using Orleans.Configuration;
using StepTool.Silo.Cluster;
using StepTool.Silo.Hosting;
using SiloOptions = StepTool.Silo.Hosting.SiloOptions;

namespace StepTool.Silo.Engines;

/// <summary>Where others reach this silo: silos and clients by Orleans' two ports, consoles by URL. All silos know it of each other as labels.</summary>
/// <param name="Address">The address that others are told.</param>
/// <param name="SiloPort">For silos.</param>
/// <param name="GatewayPort">For clients.</param>
/// <param name="Url">For HTTP.</param>
internal sealed record SiloPlace(IPAddress Address, int SiloPort, int GatewayPort, string Url)
{
    // A label that a user gives has no slash.
    private const string UrlLabel = "steptool/url";
    private const string GatewayLabel = "steptool/gateway";

    // Below the ports that systems hand out for outgoing connections, which might take one between now and the silo's start.
    private const int FirstFree = 20_000;
    private const int EndFree = 30_000;

    /// <summary>Whether only this machine reaches it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Where its ports listen.</summary>
    public IPAddress Listening => IsLoopback ? Address : Address.AddressFamily is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>The place that options ask for; a URL's port 0 becomes a free one there too, since others must know it before anything listens.</summary>
    /// <exception cref="ClusterException">This machine's address cannot be found out.</exception>
    public static SiloPlace Of(SiloOptions options)
    {
        var clustering = options.Clustering;
        var isLocal = clustering.Kind is ClusteringKind.Localhost;
        var url = new UriBuilder(options.Url);
        url.Port = url.Port == 0 ? FreePort() : url.Port;
        options.Url = url.Uri.GetLeftPart(UriPartial.Authority);
        var address = isLocal ? IPAddress.Loopback : AddressOf(clustering.AdvertisedAddress, url.Uri);
        if (IPAddress.TryParse(url.Uri.Host, out var host) && (host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any)))
        {
            url.Host = address.AddressFamily is AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        }

        return new SiloPlace(
            address,
            PortOf(clustering.SiloPort ?? (isLocal ? 0 : EndpointOptions.DEFAULT_SILO_PORT)),
            PortOf(clustering.GatewayPort ?? (isLocal ? 0 : EndpointOptions.DEFAULT_GATEWAY_PORT)),
            url.Uri.GetLeftPart(UriPartial.Authority));
    }

    /// <summary>What a silo's labels say of it; null where they have not come yet.</summary>
    public static SiloDescription? Describe(string name, IReadOnlyDictionary<string, string> labels) =>
        labels.TryGetValue(UrlLabel, out var url) && labels.TryGetValue(GatewayLabel, out var gateway)
            ? new SiloDescription(name, url, gateway, labels.Where(label => label.Key is not (UrlLabel or GatewayLabel)).ToDictionary())
            : null;

    /// <summary>A user's labels, with lower-case keys, and this place.</summary>
    public Dictionary<string, string> Labels(IReadOnlyDictionary<string, string> labels) => new(
        labels.Select(label => KeyValuePair.Create(label.Key.ToLowerInvariant(), label.Value)))
    {
        [UrlLabel] = Url,
        [GatewayLabel] = new IPEndPoint(Address, GatewayPort).ToString(),
    };

    /// <summary>Tells Orleans.</summary>
    public void Apply(EndpointOptions endpoints)
    {
        (endpoints.AdvertisedIPAddress, endpoints.SiloPort, endpoints.GatewayPort) = (Address, SiloPort, GatewayPort);
        endpoints.SiloListeningEndpoint = new IPEndPoint(Listening, SiloPort);
        endpoints.GatewayListeningEndpoint = new IPEndPoint(Listening, GatewayPort);
    }

    /// <summary>Whether a port can be listened on.</summary>
    public static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int PortOf(int port) => port == 0 ? FreePort() : port;

    private static int FreePort()
    {
        int port;
        do
        {
            port = RandomNumberGenerator.GetInt32(FirstFree, EndFree);
        }
        while (!IsFree(IPAddress.Any, port));
        return port;
    }

    private static IPAddress AddressOf(string advertised, Uri url)
    {
        const string Key = $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.AdvertisedAddress)}";
        if (IPAddress.TryParse(advertised, out var address))
        {
            return address;
        }

        if (advertised.Length == 0)
        {
            return SiloOptionsValidator.IsLoopback(url)
                ? IPAddress.Loopback
                : OwnAddress() ?? throw new ClusterException($"{Key} is empty, and this machine has no address but loopback; others need one to reach it. Give its address.");
        }

        try
        {
            return Dns.GetHostAddresses(advertised).OrderBy(found => found.AddressFamily).First();
        }
        catch (SocketException exception)
        {
            throw new ClusterException($"{Key} is '{advertised}', which has no address: {exception.Message}. It must be this machine's address or host name; correct it, or leave it out.", exception);
        }
    }

    // The interface that leads to other networks comes first, IPv4 before IPv6.
    private static IPAddress? OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus is OperationalStatus.Up && network.NetworkInterfaceType is not NetworkInterfaceType.Loopback)
        .Select(network => network.GetIPProperties())
        .OrderByDescending(network => network.GatewayAddresses.Count)
        .SelectMany(network => network.UnicastAddresses)
        .Select(unicast => unicast.Address)
        .Where(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal)
        .OrderBy(address => address.AddressFamily)
        .FirstOrDefault();
}
