using Orleans.Runtime;

namespace Orleans;

/// <summary>Gives references to grains. Getting one is cheap and activates nothing.</summary>
public interface IGrainFactory
{
    /// <summary>The grain of that key.</summary>
    /// <param name="primaryKey">The key; neither empty nor blank.</param>
    /// <param name="grainClassNamePrefix">Start of the class's full name, where several classes implement the interface.</param>
    /// <exception cref="ArgumentException">The key is empty or blank, or no class or more than one implements the interface.</exception>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithStringKey;

    /// <summary>The grain of that key.</summary>
    /// <exception cref="ArgumentException">The key is empty or blank, or no class or more than one implements the interface.</exception>
    IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey);

    /// <summary>The grain of that identity.</summary>
    /// <exception cref="ArgumentException">The identity is empty or its type unknown.</exception>
    TGrainInterface GetGrain<TGrainInterface>(GrainId grainId) where TGrainInterface : IAddressable;
}

/// <summary>Calls grains from outside of them.</summary>
public interface IClusterClient : IGrainFactory
{
    /// <summary>The services of this process.</summary>
    IServiceProvider ServiceProvider { get; }
}
