namespace StepTool.Silo.Storage;

/// <summary>The storage account, of Azure or of Azurite: a connection string, or addresses that the process's own identity may use.</summary>
public sealed class AzureStorageOptions
{
    /// <summary>Connection string with a key or a shared access signature; <c>UseDevelopmentStorage=true</c> is Azurite on its usual ports. Never shown.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Address of the blob service, such as <c>https://account.blob.core.windows.net</c>, for managed and workload identities.</summary>
    public string BlobServiceUri { get; set; } = "";

    /// <summary>Address of the table service, such as <c>https://account.table.core.windows.net</c>; only clustering keeps tables.</summary>
    public string TableServiceUri { get; set; } = "";

    /// <summary>Container of grain state and blobs; created where it is missing.</summary>
    public string Container { get; set; } = "steptool";
}
