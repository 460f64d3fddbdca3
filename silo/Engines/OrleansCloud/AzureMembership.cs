using Azure.Data.Tables;
using Azure.Identity;
using Orleans.Clustering.AzureStorage;
using Orleans.Hosting;
using StepTool.Silo.Hosting;
using StepTool.Silo.Storage;
using SiloOptions = StepTool.Silo.Hosting.SiloOptions;

namespace StepTool.Silo.Engines;

internal abstract partial class Membership
{
    static partial void OfCloud(SiloOptions options, ref Membership? membership) =>
        membership = options.Clustering.Kind is ClusteringKind.Azure ? new AzureMembership(options.Azure) : membership;
}

/// <summary>The list is a table of the storage account, a partition for each cluster id.</summary>
internal sealed class AzureMembership(AzureStorageOptions options) : Membership
{
    private const int Retries = 2;

    public override void AddTo(ISiloBuilder silo) => silo.UseAzureStorageClustering(table => table.TableServiceClient = Service());

    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        var service = Service();
        try
        {
            await service.CreateTableIfNotExistsAsync(new AzureStorageClusteringOptions().TableName, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && AzureFault.Explain($"the table of silos at {service.Uri.GetLeftPart(UriPartial.Path).TrimEnd('/')}", exception) is { } fault)
        {
            throw fault;
        }
    }

    private TableServiceClient Service()
    {
        var client = new TableClientOptions { Retry = { MaxRetries = Retries, NetworkTimeout = Patience } };
        return options.ConnectionString.Length > 0
            ? new TableServiceClient(options.ConnectionString, client)
            : new TableServiceClient(new Uri(options.TableServiceUri), new DefaultAzureCredential(), client);
    }
}
