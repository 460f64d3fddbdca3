using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Options;
using StepTool.Core.Virtual;

namespace StepTool.Silo.Virtual;

/// <summary>Registers <c>/virtual</c>.</summary>
internal static class VirtualServices
{
    /// <summary>Registers options, worlds and endpoint.</summary>
    public static IServiceCollection AddVirtual(this IServiceCollection services)
    {
        services.AddOptions<VirtualOptions>().BindConfiguration(VirtualOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<VirtualOptions>, VirtualOptionsValidator>();
        services.AddSingleton<ObjectPool<VirtualRequest>>(new DefaultObjectPool<VirtualRequest>(new DefaultPooledObjectPolicy<VirtualRequest>()));
        return services.AddSingleton<VirtualWorlds>().AddSingleton<VirtualEndpoint>();
    }
}
