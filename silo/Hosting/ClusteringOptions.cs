namespace StepTool.Silo.Hosting;

/// <summary>How silos of one cluster find each other: configuration section <c>StepTool:Clustering</c>, which Orleans alone has.</summary>
public sealed record ClusteringOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = $"{SiloOptions.Section}:Clustering";

    /// <summary>Where the list of silos is kept.</summary>
    public ClusteringKind Kind { get; set; } = ClusteringKind.Localhost;

    /// <summary>How to reach that place, for adonet and redis; it may hold a password and is never shown.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The ADO.NET driver, for adonet; its assembly must be beside the silo's.</summary>
    public string Invariant { get; set; } = "Npgsql";

    /// <summary>Where other silos connect; 0 takes a free port. Left out: a free one for localhost, 11111 otherwise.</summary>
    public int? SiloPort { get; set; }

    /// <summary>Where consoles connect; 0 takes a free port. Left out: a free one for localhost, 30000 otherwise.</summary>
    public int? GatewayPort { get; set; }

    /// <summary>Address or host name by which other machines reach this silo; empty: found out, or loopback where the URL is loopback too.</summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>For localhost: host and silo port of the first silo, which keeps the list for all others of this machine; empty on that first one.</summary>
    public string Primary { get; set; } = "";

    /// <summary>Certificates of the ports above; empty: no encryption, and no check of who connects.</summary>
    public CertificateOptions Tls { get; set; } = new();
}

/// <summary>Where the list of a cluster's silos is kept.</summary>
public enum ClusteringKind
{
    /// <summary>In the first silo's memory: one machine.</summary>
    Localhost,

    /// <summary>An Azure table.</summary>
    Azure,

    /// <summary>A relational database by its ADO.NET driver: PostgreSQL.</summary>
    AdoNet,

    /// <summary>Redis.</summary>
    Redis,
}

/// <summary>PEM files by which silos and consoles of one cluster know each other: all three, or none.</summary>
public sealed record CertificateOptions
{
    /// <summary>This process's certificate.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>Its private key, without a password.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The certificate of the authority that signed those of all silos and consoles.</summary>
    public string AuthorityFile { get; set; } = "";

    /// <summary>Whether any is given.</summary>
    internal bool IsGiven => this != new CertificateOptions();
}
