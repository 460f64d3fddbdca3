using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using StepTool.Silo.Hosting;
using StepTool.Silo.Storage;
using Xunit;

namespace StepTool.Tests.Storage.Azure;

/// <summary>A silo of the engine that was built, over a container of its own: its store is the one that grains get.</summary>
public sealed class AzureSilo : IAsyncLifetime
{
    private readonly TestContainer? _container = Azurite.Missing is null ? TestContainer.Named() : null;
    private IHost? _host;

    internal TestContainer Container => _container!;

    internal IGrainStorage State => _host!.Services.GetRequiredKeyedService<IGrainStorage>(StorageServices.ProviderName);

    public async Task InitializeAsync()
    {
        if (_container is not null)
        {
            _host = Build(_container.Options);
            await _host.StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (_container is not null)
        {
            await _host!.StopAsync();
            await ((IAsyncDisposable)_host).DisposeAsync();
            await _container.DisposeAsync();
        }
    }

    internal static IHost Build(AzureStorageOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddStepToolSilo(silo => (silo.Storage, silo.Azure) = (StorageKind.Azure, options));
        builder.Services.AddSingleton<IGrainStorageSerializer>(StorageBuilder.Serializer); // knows the tests' states too
        return builder.Build();
    }
}
