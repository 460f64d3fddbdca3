using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Embedded.State;

namespace StepTool.Embedded.Activations;

/// <summary>A parameter of a grain's constructor, and where its argument comes from.</summary>
internal sealed class GrainParameter
{
    internal const string DefaultStore = "Default";

    private delegate IStorage NewState(IGrainStorage storage, string name, GrainId grainId);

    private readonly ParameterInfo _parameter;
    private readonly object? _serviceKey;
    private readonly NewState? _newState;

    internal GrainParameter(Type grainClass, ParameterInfo parameter)
    {
        _parameter = parameter;
        _serviceKey = parameter.GetCustomAttribute<FromKeyedServicesAttribute>()?.Key;
        State = parameter.GetCustomAttribute<PersistentStateAttribute>();
        if (State is not null)
        {
            if (parameter.ParameterType is not { IsGenericType: true } type || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
            {
                throw new InvalidOperationException(
                    $"Parameter '{parameter.Name}' of {grainClass} has [PersistentState] but is a {parameter.ParameterType}; it must be an IPersistentState<T>.");
            }

            _newState = typeof(GrainParameter).GetMethod(nameof(Make), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(type.GenericTypeArguments)
                .CreateDelegate<NewState>();
        }
    }

    internal PersistentStateAttribute? State { get; }

    internal object? Resolve(Activation activation)
    {
        var services = activation.ActivationServices;
        var type = _parameter.ParameterType;
        if (_newState is not null)
        {
            return _newState(services.GetRequiredKeyedService<IGrainStorage>(State!.StorageName ?? DefaultStore), State.StateName, activation.GrainId);
        }

        if (type == typeof(IGrainContext))
        {
            return activation;
        }

        return _serviceKey is not null ? services.GetRequiredKeyedService(type, _serviceKey)
            : _parameter.HasDefaultValue ? services.GetService(type) ?? _parameter.DefaultValue
            : services.GetRequiredService(type);
    }

    private static PersistentState<T> Make<T>(IGrainStorage storage, string name, GrainId grainId) => new PersistentState<T>(storage, name, grainId);
}
