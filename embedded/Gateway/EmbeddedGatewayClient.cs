using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using StepTool.Embedded.Hosting;

namespace StepTool.Embedded.Gateway;

/// <summary>Adds a client of a silo in another process.</summary>
public static class EmbeddedGatewayClient
{
    /// <summary>Gives an <see cref="IClusterClient"/> whose calls go to the gateway of a silo. It connects with the first call.</summary>
    /// <remarks>
    /// A silo that is not there makes calls fail with <see cref="Orleans.Runtime.SiloUnavailableException"/>. References tell a grain's type by the
    /// interface's name; the silo goes by the interface.
    /// </remarks>
    /// <param name="services">The client's services.</param>
    /// <param name="silo">The silo's URL, such as <c>http://127.0.0.1:5080</c>.</param>
    /// <param name="wire">The JSON form of arguments and results, the same as the silo's.</param>
    /// <param name="key">The silo's key, or null where it has none.</param>
    /// <param name="responseTimeout">The silo's response time-out; default 30 s. The client waits 5 s longer, so that the silo's own answer comes first.</param>
    /// <param name="whenLost">
    /// Asked with the fault and the time since the call was first made when a call was lost with its silo: completes for the call to be made again, throws what
    /// it is to fail by. It suits grains whose calls may be repeated. Null: such a call fails at once. Streams are never read again.
    /// </param>
    /// <exception cref="ArgumentException">The URL is no absolute HTTP URL.</exception>
    public static IServiceCollection AddEmbeddedClient(
        this IServiceCollection services, Uri silo, JsonSerializerOptions wire, string? key = null, TimeSpan? responseTimeout = null, Func<Exception, TimeSpan, CancellationToken, Task>? whenLost = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(wire);
        if (!silo.IsAbsoluteUri || (silo.Scheme != Uri.UriSchemeHttp && silo.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"The silo's URL is '{silo}'; it must be an absolute HTTP URL, such as http://127.0.0.1:5080.", nameof(silo));
        }

        return services
            .AddSingleton(_ => new GatewayRoute(silo, wire, key, responseTimeout ?? TimeSpan.FromSeconds(30), whenLost))
            .AddSingleton<IClusterClient>(provider => new EmbeddedClient(provider.GetRequiredService<GatewayRoute>(), provider))
            .AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<IClusterClient>());
    }
}
