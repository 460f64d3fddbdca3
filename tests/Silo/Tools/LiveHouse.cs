using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Silo.Tools;
using StepTool.Silo.Tools.Http;
using StepTool.Tests.Grains;
using Xunit;

namespace StepTool.Tests.Silo.Tools;

/// <summary>The adapters as a silo has them, over a configuration.</summary>
internal sealed class LiveHouse : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private LiveHouse(ServiceProvider services) => _services = services;

    public ILiveCaller Caller => _services.GetRequiredService<ILiveCaller>();

    public ILiveCatalogue Catalogue => _services.GetRequiredService<ILiveCatalogue>();

    public SettableTime Time => (SettableTime)_services.GetRequiredService<TimeProvider>();

    /// <summary>Builds it.</summary>
    /// <param name="settings">Keys under <c>StepTool:Tools</c> and their values.</param>
    /// <param name="resolve">Resolves names; null for the machine's own.</param>
    /// <param name="configure">What the host adds.</param>
    public static LiveHouse Create(Dictionary<string, string?> settings, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create($"{LiveOptions.Section}:{pair.Key}", pair.Value))).Build());
        services.AddLogging();
        services.AddSingleton<TimeProvider>(new SettableTime());
        services.AddLiveTools();
        configure?.Invoke(services);
        if (resolve is not null)
        {
            services.AddSingleton(provider => new GuardedConnection(provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<LiveOptions>>().Value, resolve));
        }

        return new LiveHouse(services.BuildServiceProvider());
    }

    /// <summary>Builds it for a server of this machine, which it may call.</summary>
    public static LiveHouse For(UnrulyServer server, params (string Key, string Value)[] settings) => Create(new(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
    {
        ["AllowedHosts:0"] = $"127.0.0.1:{server.Port}",
        ["AllowPrivateAddresses"] = "true",
    });

    public static ToolAnswer Answer(LiveReply reply) => Assert.IsType<ToolAnswer>(reply.Reply);

    public static ToolFault Fault(LiveReply reply) => Assert.IsType<ToolFaulted>(reply.Reply).Fault;

    public ValueTask<LiveReply> CallAsync(ApiDefinition api, object? arguments = null, CancellationToken cancellationToken = default) =>
        Caller.CallAsync(api, new ToolCall(api.Documentation.Key, arguments is null ? "{}" : JsonSerializer.Serialize(arguments)), cancellationToken);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
