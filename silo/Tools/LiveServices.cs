using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StepTool.Core.Tools.Live;
using StepTool.Silo.Tools.Functions;
using StepTool.Silo.Tools.Http;
using StepTool.Silo.Tools.Mcp;

namespace StepTool.Silo.Tools;

/// <summary>Registers what calls real APIs.</summary>
internal static class LiveServices
{
    public static IServiceCollection AddLiveTools(this IServiceCollection services)
    {
        services.AddOptions<LiveOptions>().BindConfiguration(LiveOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LiveOptions>, LiveOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new Secrets(Options(provider).Credentials.Values));
        services.AddSingleton(provider => new GuardedConnection(Options(provider), Dns.GetHostAddressesAsync));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<HttpCaller>(provider, Options(provider)));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<McpCaller>(provider, Options(provider)));
        services.AddSingleton<FunctionCaller>();
        services.AddSingleton<LiveCaller>();
        services.AddSingleton<ILiveCaller>(provider => provider.GetRequiredService<LiveCaller>());
        services.AddSingleton<ILiveCatalogue, LiveCatalogue>();
        return services;
    }

    private static LiveOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<LiveOptions>>().Value;
}
