using StepTool.Silo.Storage;

namespace StepTool.Silo.Hosting;

/// <summary>What a silo is told: configuration section <c>StepTool</c>, environment (<c>StepTool__Url</c>) and command line (<c>--url</c>).</summary>
public sealed class SiloOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "StepTool";

    /// <summary>Where the silo listens; one HTTP URL, port 0 for a free one.</summary>
    public string Url { get; set; } = "http://127.0.0.1:5080";

    /// <summary>Folder of grain state and blobs, owned by one process at a time.</summary>
    public string DataDirectory { get; set; } = ".steptool";

    /// <summary>Where grain state is kept.</summary>
    public StorageKind Storage { get; set; } = StorageKind.Sqlite;

    /// <summary>The storage account, where one is used.</summary>
    public AzureStorageOptions Azure { get; set; } = new();

    /// <summary>Key that callers send as <c>X-Api-Key</c> or bearer token; required beyond loopback.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Name of the cluster; silos of one cluster share it.</summary>
    public string ClusterId { get; set; } = "steptool";

    /// <summary>How silos of one cluster find each other.</summary>
    public ClusteringOptions Clustering { get; set; } = new();

    /// <summary>What sets this silo apart, such as <c>gpu</c> = <c>true</c>: placement and people read it.</summary>
    public Dictionary<string, string> Labels { get; set; } = [];

    /// <summary>Whether the silo goes on with what is stored. Not for configuration: a command that looks, or changes one thing, hosts a silo that does not.</summary>
    internal bool IsAtWork { get; set; } = true;
}

/// <summary>Where grain state is kept.</summary>
public enum StorageKind
{
    /// <summary>A database file under the data directory.</summary>
    Sqlite,

    /// <summary>In the process, for tests: gone when it ends. On Orleans blobs are under the data directory, which silos of one machine share.</summary>
    Memory,

    /// <summary>A container of an Azure storage account, or of Azurite.</summary>
    Azure,
}
