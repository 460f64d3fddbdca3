using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using StepTool.Core.Storage;
using StepTool.Silo.Storage;
using Xunit;
using static StepTool.Tests.Storage.StorageBuilder;

namespace StepTool.Tests.Storage;

[Trait("Kind", "Storage")]
public sealed class StorageServicesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AddSqliteStorage_HostDisposed_HasFlushedAndGivenFree()
    {
        string hash;
        using (var host = Build())
        {
            await host.StartAsync();
            await host.Services.GetRequiredKeyedService<IGrainStorage>(StorageServices.ProviderName).WriteStateAsync("note", Grain(), New());
            hash = await host.Services.GetRequiredService<IBlobStore>().PutAsync(new byte[] { 1 }, default);
            await host.StopAsync();
        }

        using var again = Build();
        await again.StartAsync();
        var state = New();
        await again.Services.GetRequiredKeyedService<IGrainStorage>(StorageServices.ProviderName).ReadStateAsync("note", Grain(), state);

        Assert.True(state.RecordExists);
        Assert.True(await again.Services.GetRequiredService<IBlobStore>().ExistsAsync(hash, default));
    }

    [Fact]
    public async Task AddSqliteStorage_DirectoryInUse_StopsTheStart()
    {
        using var owner = DataDirectory.Open(_folder.Path);
        using var host = Build();

        var error = await Assert.ThrowsAsync<StorageException>(() => host.StartAsync());

        Assert.Contains("is in use by process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddSqliteStorage_ForeignDatabase_StopsTheStart()
    {
        Sql(_folder.Database, "CREATE TABLE theirs (a)");
        using var host = Build();

        Assert.Contains("another application", (await Assert.ThrowsAsync<StorageException>(() => host.StartAsync())).Message, StringComparison.Ordinal);
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<IGrainStorageSerializer>(Serializer).AddSqliteStorage(_folder.Path);
        return builder.Build();
    }
}
