using StepTool.Core.Storage;
using StepTool.Silo.Storage;
using Xunit;

namespace StepTool.Tests.Storage.Azure;

[Trait("Kind", "Storage")]
public sealed class AzureStartTests
{
    [AzuriteFact]
    public async Task Start_ContainerMissing_CreatesIt()
    {
        await using var container = TestContainer.Named();
        using var host = AzureSilo.Build(container.Options);

        await host.StartAsync();

        Assert.True(await container.Container.Client.ExistsAsync());
        await host.StopAsync();
    }

    [AzuriteFact]
    public async Task Start_WrongKey_SaysWhatIsRefusedAndShowsNoKey()
    {
        var given = Azurite.ConnectionString.Split(';').Single(part => part.StartsWith("AccountKey=", StringComparison.Ordinal));
        var error = await RefusedAsync(Azurite.ConnectionString.Replace(given, "AccountKey=c3RlcHRvb2w=", StringComparison.Ordinal));

        Assert.StartsWith("Container 'steptool' at http://127.0.0.1:", error.Message, StringComparison.Ordinal);
        Assert.Contains("refused the credentials (403 AuthorizationFailure). Check key, signature and clock", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c3RlcHRvb2w", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NothingListens_SaysWhereAndWhatToDo()
    {
        var error = await RefusedAsync("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=c3RlcHRvb2w=;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;");

        Assert.Equal(
            "Container 'steptool' at http://127.0.0.1:1/devstoreaccount1 cannot be reached (Connection refused (127.0.0.1:1)). Check the address and the network; "
            + "for Azurite, start it with infra/azurite/azurite.sh start. The storage goes on by itself when the cause is gone.",
            error.Message);
    }

    private static async Task<StorageException> RefusedAsync(string connectionString)
    {
        using var host = AzureSilo.Build(new AzureStorageOptions { ConnectionString = connectionString });
        return await Assert.ThrowsAsync<StorageException>(() => host.StartAsync());
    }
}
