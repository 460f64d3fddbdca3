using System.Reflection;
using Orleans;
using Orleans.Concurrency;
using Orleans.Core;
using Orleans.Runtime;

namespace StepTool.Embedded.Activations;

/// <summary>A grain class: what its attributes say, and how to make one.</summary>
internal sealed class GrainClass
{
    private readonly ConstructorInvoker _constructor;
    private readonly GrainParameter[] _parameters;

    private GrainClass(Type type, TimeSpan defaultAge)
    {
        Type = type;
        GrainType = GrainType.Create(NameOf(type));
        Interfaces = [.. type.GetInterfaces().Where(IsGrainInterface)];
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute));
        ActivatesItself = Overrides(nameof(Grain.OnActivateAsync));
        DeactivatesItself = Overrides(nameof(Grain.OnDeactivateAsync));
        CollectionAge = AgeOf(type, defaultAge);
        var constructor = ConstructorOf(type);
        _constructor = ConstructorInvoker.Create(constructor);
        _parameters = [.. constructor.GetParameters().Select(parameter => new GrainParameter(type, parameter))];
    }

    internal Type Type { get; }

    internal GrainType GrainType { get; }

    internal IReadOnlyList<Type> Interfaces { get; }

    internal bool IsReentrant { get; }

    /// <summary>Idle time after which an activation is collected; null for never.</summary>
    internal TimeSpan? CollectionAge { get; }

    /// <summary>Whether it overrides OnActivateAsync.</summary>
    internal bool ActivatesItself { get; }

    /// <summary>Whether it overrides OnDeactivateAsync.</summary>
    internal bool DeactivatesItself { get; }

    /// <summary>The states that its constructor asks for: state name and store name.</summary>
    internal IEnumerable<PersistentStateAttribute> States => _parameters.Select(parameter => parameter.State).OfType<PersistentStateAttribute>();

    /// <summary>The grain classes among some types.</summary>
    internal static IEnumerable<GrainClass> Find(IEnumerable<Type> types, TimeSpan defaultAge) => types
        .Where(type => type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false } && typeof(Grain).IsAssignableFrom(type) && typeof(IGrain).IsAssignableFrom(type))
        .Select(type => new GrainClass(type, defaultAge));

    internal static bool IsGrainInterface(Type type) =>
        type.IsInterface && typeof(IGrain).IsAssignableFrom(type) && type != typeof(IGrain) && type != typeof(IGrainWithStringKey);

    /// <summary>The type name that Orleans gives by default: lower case, less "Grain".</summary>
    internal static string DefaultName(string name) =>
        (name.EndsWith("Grain", StringComparison.Ordinal) && name.Length > 5 ? name[..^5] : name).ToLowerInvariant();

    /// <summary>Makes a grain, on its activation's scheduler.</summary>
    /// <param name="activation">The activation, with its services.</param>
    /// <param name="states">The states that were made for it and are still to be read.</param>
    internal object Create(Activation activation, out IReadOnlyList<IStorage> states)
    {
        var arguments = _parameters.Length == 0 ? [] : new object?[_parameters.Length];
        List<IStorage>? made = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = _parameters[i].Resolve(activation);
            if (_parameters[i].State is not null)
            {
                (made ??= []).Add((IStorage)arguments[i]!);
            }
        }

        states = made is null ? [] : made;
        return _constructor.Invoke(arguments.AsSpan());
    }

    private static string NameOf(Type type) => type.GetCustomAttribute<GrainTypeAttribute>()?.Name ?? DefaultName(type.Name);

    private static TimeSpan? AgeOf(Type type, TimeSpan defaultAge) =>
        type.IsDefined(typeof(KeepAliveAttribute)) ? null
        : type.GetCustomAttribute<CollectionAgeLimitAttribute>() is not { } limit ? defaultAge
        : limit.AlwaysActive ? null
        : limit.AgeLimit;

    private static ConstructorInfo ConstructorOf(Type type) => type.GetConstructors() is [var only]
        ? only
        : throw new InvalidOperationException($"Grain class {type} has {type.GetConstructors().Length} public constructors; it must have one. Remove the others.");

    private bool Overrides(string method) => Type.GetMethod(method)!.DeclaringType != typeof(Grain);
}
