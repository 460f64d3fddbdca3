using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>A named state of a grain, read before OnActivateAsync; a constructor parameter with <see cref="PersistentStateAttribute"/>.</summary>
public interface IPersistentState<TState> : IStorage<TState>;

/// <summary>Names the state, and the store that keeps it.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    /// <summary>The state's name, the first part of its storage name.</summary>
    public string StateName { get; } = stateName;

    /// <summary>The store's name; null for the store called <c>Default</c>.</summary>
    public string? StorageName { get; } = storageName;
}
