using System.Net;
using StepTool.Silo.Hosting;
using SiloOptions = StepTool.Silo.Hosting.SiloOptions;
using StorageKind = StepTool.Silo.Hosting.StorageKind;

namespace StepTool.Silo.Engines;

/// <summary>What a silo's clustering must be. Each failure names key, value, rule and remedy; connection strings are never shown.</summary>
internal static class ClusteringRules
{
    private const string Section = ClusteringOptions.Section;

    /// <summary>The host and port of a primary; null where the text is none.</summary>
    public static IPEndPoint? Primary(string text) =>
        IPEndPoint.TryParse(text.Replace("localhost", "127.0.0.1", StringComparison.OrdinalIgnoreCase), out var primary) && primary.Port > 0 && IPAddress.IsLoopback(primary.Address)
            ? primary
            : null;

    /// <summary>All that is wrong.</summary>
    public static IEnumerable<string> Failures(SiloOptions options)
    {
        var clustering = options.Clustering;
        if (!Enum.IsDefined(clustering.Kind))
        {
            return [$"{Section}:Kind is '{clustering.Kind}'; it must be localhost, azure, adonet or redis. Give one such as --clustering localhost."];
        }

        return [.. Kind(options), .. Connection(clustering), .. Places(clustering), .. Storage(options), .. Certificates(clustering.Tls)];
    }

    private static IEnumerable<string> Kind(SiloOptions options)
    {
        var clustering = options.Clustering;
        if (clustering.Kind is ClusteringKind.Azure && !Engine.HasCloud)
        {
            yield return $"{Section}:Kind is 'azure', which this build left out. Build with -p:OrleansCloud=true, or use adonet or redis.";
        }
        else if (clustering.Kind is ClusteringKind.Azure && options.Azure is { ConnectionString.Length: 0, TableServiceUri.Length: 0 })
        {
            yield return $"{Section}:Kind is 'azure' while StepTool:Azure:ConnectionString and StepTool:Azure:TableServiceUri are empty; it needs one of them. Set StepTool__Azure__ConnectionString, or StepTool__Azure__TableServiceUri for a managed identity.";
        }

        if (clustering.Kind is ClusteringKind.AdoNet && !File.Exists(Path.Combine(AppContext.BaseDirectory, clustering.Invariant + ".dll")))
        {
            yield return $"{Section}:Invariant is '{clustering.Invariant}'; that driver must be beside the silo. Use Npgsql, or add the driver's assembly.";
        }
    }

    private static IEnumerable<string> Connection(ClusteringOptions clustering)
    {
        var isTaken = clustering.Kind is ClusteringKind.AdoNet or ClusteringKind.Redis;
        if (isTaken && clustering.ConnectionString.Length == 0)
        {
            yield return $"{Section}:ConnectionString is empty; {Name(clustering.Kind)} needs one. Set StepTool__Clustering__ConnectionString in the environment, such as "
                + (clustering.Kind is ClusteringKind.Redis ? "'redis.example:6379,password=...'." : "'Host=db.example;Database=steptool;Username=steptool;Password=...'.");
        }
        else if (!isTaken && clustering.ConnectionString.Length > 0)
        {
            yield return $"{Section}:ConnectionString is set, which {Name(clustering.Kind)} does not take. "
                + (clustering.Kind is ClusteringKind.Azure ? "Set StepTool:Azure instead." : "Leave it out, or give --clustering adonet or redis.");
        }
    }

    private static IEnumerable<string> Places(ClusteringOptions clustering)
    {
        foreach (var (key, port) in new[] { (nameof(clustering.SiloPort), clustering.SiloPort), (nameof(clustering.GatewayPort), clustering.GatewayPort) })
        {
            if (port is < 0 or > IPEndPoint.MaxPort)
            {
                yield return $"{Section}:{key} is {port}; it must be from 0 to {IPEndPoint.MaxPort}. Use 0 for a free port.";
            }
        }

        if (clustering.SiloPort is > 0 && clustering.SiloPort == clustering.GatewayPort)
        {
            yield return $"{Section}:GatewayPort is {clustering.GatewayPort}, as SiloPort is; the two must differ. Give another, or 0 for a free one.";
        }

        var isLocal = clustering.Kind is ClusteringKind.Localhost;
        if (clustering.AdvertisedAddress.Length > 0 && isLocal)
        {
            yield return $"{Section}:AdvertisedAddress is '{clustering.AdvertisedAddress}'; localhost clustering stays on this machine. Leave it out, or give --clustering azure, adonet or redis.";
        }
        else if (IPAddress.TryParse(clustering.AdvertisedAddress, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            yield return $"{Section}:AdvertisedAddress is '{clustering.AdvertisedAddress}'; others must be able to connect to it. Give this machine's address, or leave it out to have it found.";
        }

        if (clustering.Primary.Length > 0 && !isLocal)
        {
            yield return $"{Section}:Primary is '{clustering.Primary}'; only localhost clustering has one. Leave it out: {Name(clustering.Kind)} keeps the list of silos.";
        }
        else if (clustering.Primary.Length > 0 && Primary(clustering.Primary) is null)
        {
            yield return $"{Section}:Primary is '{clustering.Primary}'; it must be the loopback address and silo port of the first silo. Give one such as --primary 127.0.0.1:11111.";
        }
    }

    private static IEnumerable<string> Storage(SiloOptions options)
    {
        var clustering = options.Clustering;
        if (options.Storage is StorageKind.Sqlite && (clustering.Kind is not ClusteringKind.Localhost || clustering.Primary.Length > 0))
        {
            yield return $"StepTool:Storage is 'sqlite', a file of one process, while {(clustering.Primary.Length > 0 ? $"{Section}:Primary is '{clustering.Primary}'" : $"{Section}:Kind is '{Name(clustering.Kind)}'")}; "
                + "silos of one cluster must share their storage. Give --storage azure, or --storage memory to try it on one machine.";
        }
    }

    private static IEnumerable<string> Certificates(CertificateOptions tls)
    {
        if (!tls.IsGiven)
        {
            yield break;
        }

        if (!Engine.HasCloud)
        {
            yield return $"{Section}:Tls is set, which this build left out. Build with -p:OrleansCloud=true, or leave it out and keep the silo and gateway ports where only silos and consoles reach them.";
            yield break;
        }

        foreach (var (key, file) in new[] { (nameof(tls.CertificateFile), tls.CertificateFile), (nameof(tls.KeyFile), tls.KeyFile), (nameof(tls.AuthorityFile), tls.AuthorityFile) })
        {
            if (!File.Exists(file))
            {
                yield return file.Length == 0
                    ? $"{Section}:Tls:{key} is empty while another file of Tls is given; all three are needed. Give the PEM file, or leave all out."
                    : $"{Section}:Tls:{key} is '{file}', which is no file that this process can see. Give the path of a PEM file.";
            }
        }
    }

    private static string Name(ClusteringKind kind) => kind.ToString().ToLowerInvariant();
}
