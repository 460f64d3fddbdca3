using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Hosting;
using StepTool.Embedded.Gateway;
using StepTool.Embedded.Hosting;
using StepTool.Tests.Conformance;
using Xunit;

namespace StepTool.Tests.Engines;

/// <summary>A silo with a gateway on a real Kestrel server at a free port, and clients of it.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    internal const string Key = "open sesame";

    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
    private readonly List<ServiceProvider> _clients = [];
    private WebApplication? _silo;

    public Probe Probe { get; } = new();

    public Uri Url { get; private set; } = null!;

    public IClusterClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(Probe).AddSingleton<Witness>()
            .AddMemoryGrainStorage(GrainFixture.Store)
            .AddGrainStorage(UnluckyGrain.BrokenStore, (_, _) => new BrokenStorage())
            .AddEmbeddedEngine(EngineFixture.GrainTypes);
        _silo = builder.Build();
        _silo.MapEmbeddedGateway(key: Key, retryAfter: exception => exception is ShapeException ? TimeSpan.FromSeconds(1.5) : null);
        await _silo.StartAsync();
        Url = new(_silo.Urls.Single());
        Client = NewClient(Key);
    }

    /// <summary>A client as a console in another process has it.</summary>
    internal IClusterClient NewClient(string? key, Uri? silo = null)
    {
        var services = new ServiceCollection().AddEmbeddedClient(silo ?? Url, Wire, key).BuildServiceProvider();
        _clients.Add(services);
        return services.GetRequiredService<IClusterClient>();
    }

    internal Task StopSiloAsync() => _silo!.StopAsync();

    public async Task DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _silo!.DisposeAsync();
    }
}
