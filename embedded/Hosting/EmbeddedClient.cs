using Orleans;
using Orleans.Runtime;
using StepTool.Embedded.Calls;

namespace StepTool.Embedded.Hosting;

/// <summary>Makes references over a route; the same for grains of this process and for those behind a gateway.</summary>
internal sealed class EmbeddedClient(Route route, IServiceProvider services) : IClusterClient
{
    public IServiceProvider ServiceProvider => services;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithStringKey =>
        (TGrainInterface)(object)Get(typeof(TGrainInterface), primaryKey, grainClassNamePrefix);

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey)
    {
        ArgumentNullException.ThrowIfNull(grainInterfaceType);
        return (IGrain)(object)Get(grainInterfaceType, grainPrimaryKey, null);
    }

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId) where TGrainInterface : IAddressable
    {
        if (grainId.IsDefault)
        {
            throw new ArgumentException("The grain id is empty. Take it from GetGrainId or GrainId.Create.", nameof(grainId));
        }

        return (TGrainInterface)(object)route.Refer(typeof(TGrainInterface), grainId);
    }

    private GrainReference Get(Type grainInterface, string key, string? classNamePrefix)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        return route.Refer(grainInterface, GrainId.Create(route.TypeOf(grainInterface, classNamePrefix), key));
    }
}
