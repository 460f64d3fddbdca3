using System.Text.Json.Serialization;
using StepTool.Grains.Contracts;
using StepTool.Silo.Cluster;
using StepTool.Silo.Engines;

namespace StepTool.Silo.Api;

/// <summary>What an autoscaler asks for.</summary>
internal static class ScaleEndpoint
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    /// <summary>Maps <c>GET /api/scale</c>.</summary>
    public static void MapScale(this WebApplication app) => app.MapGet("/api/scale", async (IGrainFactory grains, HttpRequest request, CancellationToken cancellationToken) =>
        Results.Json(Describe(await grains.GetGrain<IClusterLoadGrain>(IClusterLoadGrain.Key).ReadAsync(cancellationToken), [.. Engine.Silos(app).Select(silo => silo.AskedBy(request))]), ScaleJson.Default.ScaleDescription));

    private static ScaleDescription Describe(ClusterLoad load, IReadOnlyList<SiloDescription> silos)
    {
        var known = silos.ToDictionary(silo => silo.Name);
        return new ScaleDescription(
            load.Queue,
            [.. load.Silos.Select(silo => new SiloScale(
                silo.Silo, known.GetValueOrDefault(silo.Silo)?.Url ?? "", known.GetValueOrDefault(silo.Silo)?.Labels ?? NoLabels, silo.InFlight, silo.Capacity))],
            [.. load.Trainers.Select(trainer => new TrainerScale(trainer.Policy, trainer.Lag, trainer.Silo, trainer.IsOnGpu))],
            load.Wanted);
    }
}

/// <summary>What <c>GET /api/scale</c> answers.</summary>
/// <param name="Queue">Rollouts that wait and that silos hold.</param>
/// <param name="Silos">The silos, by name.</param>
/// <param name="Trainers">Trainers at work, by policy.</param>
/// <param name="Wanted">How many silos this load needs.</param>
public sealed record ScaleDescription(QueueDepth Queue, IReadOnlyList<SiloScale> Silos, IReadOnlyList<TrainerScale> Trainers, WantedSilos Wanted);

/// <summary>A silo.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="Url">Where it listens; empty for a moment after it has joined.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="InFlight">Episodes in flight.</param>
/// <param name="Capacity">Episodes in flight at most.</param>
public sealed record SiloScale(string Silo, string Url, IReadOnlyDictionary<string, string> Labels, int InFlight, int Capacity);

/// <summary>A trainer at work.</summary>
/// <param name="Policy">The policy that it trains.</param>
/// <param name="Lag">Episodes logged for it and not yet consumed.</param>
/// <param name="Silo">Name of the silo where it runs.</param>
/// <param name="Gpu">Whether that silo is labelled gpu=true.</param>
public sealed record TrainerScale(string Policy, int Lag, string Silo, bool Gpu);

/// <summary>Source-generated JSON of the description.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ScaleDescription))]
public sealed partial class ScaleJson : JsonSerializerContext;
