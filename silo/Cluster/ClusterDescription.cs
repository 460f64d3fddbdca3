using System.Net;
using System.Text.Json.Serialization;

namespace StepTool.Silo.Cluster;

/// <summary>What <c>GET /api/cluster</c> answers: all that a console needs to connect, or to refuse.</summary>
/// <param name="Engine"><c>embedded</c> or <c>orleans</c>.</param>
/// <param name="Version">Version of the silo.</param>
/// <param name="Contracts">See <see cref="ContractHash"/>.</param>
/// <param name="ClusterId">The cluster's id.</param>
/// <param name="ServiceId">The service's id: the same for all clusters that share storage.</param>
/// <param name="HasTls">Whether gateways ask for a certificate.</param>
/// <param name="Silos">The silos that are alive.</param>
public sealed record ClusterDescription(
    string Engine, string Version, string Contracts, string ClusterId, string ServiceId, bool HasTls, IReadOnlyList<SiloDescription> Silos)
{
    /// <summary>The service's id everywhere.</summary>
    public const string Service = "steptool";

    /// <summary>Says why a console of this build cannot talk to the described cluster; null where it can.</summary>
    /// <param name="engine">The console's engine.</param>
    /// <param name="contracts">The console's contract hash.</param>
    /// <param name="url">The silo's URL.</param>
    public string? Mismatch(string engine, string contracts, string url) => this switch
    {
        _ when Engine != engine =>
            $"The silo at {url} runs the engine '{Engine}'; this console was built for '{engine}'. Build the console with -p:Engine={Capitalised(Engine)}, or start a silo of this engine.",
        _ when Contracts != contracts =>
            $"The silo at {url} has contracts {Contracts} (version {Version}); this console has {contracts}. Run console and silo from the same build.",
        _ => null,
    };

    private static string Capitalised(string engine) => engine.Length == 0 ? "" : char.ToUpperInvariant(engine[0]) + engine[1..];
}

/// <summary>One silo of a cluster.</summary>
/// <param name="Name">Its name, unique in the cluster and new with each start.</param>
/// <param name="Url">Where its HTTP answers other machines of its network.</param>
/// <param name="Gateway">Where clients connect: a path of the URL for the embedded engine, host and port for Orleans.</param>
/// <param name="Labels">What sets it apart.</param>
public sealed record SiloDescription(string Name, string Url, string Gateway, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The silo as whoever asks can reach it: one that listens on all addresses has the one by which it was asked.</summary>
    internal SiloDescription AskedBy(HttpRequest request) =>
        IPAddress.TryParse(new Uri(Url).Host.Trim('[', ']'), out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? this with { Url = $"{request.Scheme}://{request.Host}" }
            : this;
}

/// <summary>Source-generated JSON of the description.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClusterDescription))]
public sealed partial class ClusterJson : JsonSerializerContext;
