using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using StepTool.Core.Runs;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Silo.Cluster;
using StepTool.Silo.Engines;
using StepTool.Silo.Health;
using StepTool.Silo.Hosting;
using StepTool.Silo.Security;
using StepTool.Silo.Virtual;

namespace StepTool.Silo.Api;

/// <summary>The silo over HTTP.</summary>
public static class SiloEndpoints
{
    /// <summary>Maps health, the cluster's description and load, runs, policies, blobs, <c>/virtual</c> and the engine's gateway. Everything but health needs the key where there is one.</summary>
    public static WebApplication MapStepToolSilo(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<SiloOptions>>().Value;
        app.UseApiFaults();
        app.UseApiKey(options.ApiKey, HealthEndpoints.Health, HealthEndpoints.Alive);
        app.MapHealth();
        app.MapBlobs();
        VirtualEndpoint.Map(app);
        app.MapGet("/api/cluster", (HttpRequest request) => Results.Json(
            new ClusterDescription(
                Engine.Name, GrainContracts.Version, GrainContracts.Hash, options.ClusterId, ClusterDescription.Service, options.Clustering.Tls.IsGiven,
                [.. Engine.Silos(app).Select(silo => silo.AskedBy(request))]),
            ClusterJson.Default.ClusterDescription));
        app.MapScale();
        app.MapGet("/api/runs", async (IGrainFactory grains, CancellationToken cancellationToken) =>
            Json(await grains.GetGrain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync(cancellationToken)));
        app.MapGet("/api/runs/{id}", async (string id, IGrainFactory grains, CancellationToken cancellationToken) =>
            await grains.GetGrain<IRunGrain>(id).StatusAsync(cancellationToken) is { Phase: not RunPhase.Unknown } status ? Json(status) : ApiFaults.Refusal(StatusCodes.Status404NotFound, $"There is no run '{id}'."));
        app.MapGet("/api/policies/{name}", async (string name, IGrainFactory grains, CancellationToken cancellationToken) =>
            await grains.GetGrain<IPolicyGrain>(name).HeadAsync(cancellationToken) is { } head ? Json(head) : ApiFaults.Refusal(StatusCodes.Status404NotFound, $"There is no policy '{name}'."));
        app.MapEngine();
        return app;
    }

    private static readonly JsonSerializerOptions Form = WithNames();

    private static IResult Json<T>(T value) => Results.Json(value, Form);

    // Values of enumerations as the console's --json has them.
    private static JsonSerializerOptions WithNames()
    {
        var options = new JsonSerializerOptions(Wire.Messages);
        options.Converters.Insert(0, new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        return options;
    }
}
