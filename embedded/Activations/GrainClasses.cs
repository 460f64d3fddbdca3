using Orleans.Runtime;

namespace StepTool.Embedded.Activations;

/// <summary>The grain classes of an engine, by name and by interface.</summary>
internal sealed class GrainClasses
{
    private readonly Dictionary<GrainType, GrainClass> _byType = [];
    private readonly Dictionary<Type, List<GrainClass>> _byInterface = [];

    /// <exception cref="InvalidOperationException">Two classes have the same type name.</exception>
    internal GrainClasses(IEnumerable<GrainClass> classes)
    {
        foreach (var grainClass in classes)
        {
            if (!_byType.TryAdd(grainClass.GrainType, grainClass))
            {
                throw new InvalidOperationException(
                    $"Grain type '{grainClass.GrainType}' is the name of both {_byType[grainClass.GrainType].Type} and {grainClass.Type}. Give one of them [GrainType(\"another-name\")].");
            }

            foreach (var grainInterface in grainClass.Interfaces)
            {
                if (!_byInterface.TryGetValue(grainInterface, out var list))
                {
                    _byInterface[grainInterface] = list = [];
                }

                list.Add(grainClass);
            }
        }
    }

    internal IReadOnlyCollection<GrainClass> All => _byType.Values;

    internal IReadOnlyCollection<Type> Interfaces => _byInterface.Keys;

    internal bool Has(GrainType type, Type grainInterface) => _byType.TryGetValue(type, out var found) && found.Interfaces.Contains(grainInterface);

    /// <exception cref="ArgumentException">There is no such class.</exception>
    internal GrainClass Of(GrainType type) =>
        _byType.TryGetValue(type, out var found) ? found : throw new ArgumentException($"There is no grain class of type '{type}'. Known: {string.Join(", ", _byType.Keys)}.");

    /// <exception cref="ArgumentException">No class, or more than one, implements the interface.</exception>
    internal GrainClass Of(Type grainInterface, string? classNamePrefix)
    {
        var all = _byInterface.GetValueOrDefault(grainInterface) ?? [];
        var fitting = classNamePrefix is null ? all : all.FindAll(one => one.Type.FullName!.StartsWith(classNamePrefix, StringComparison.Ordinal));
        return fitting switch
        {
            [var one] => one,
            [] => throw new ArgumentException(
                $"Could not find an implementation for interface {grainInterface}{(classNamePrefix is null ? "" : $" whose class name starts with '{classNamePrefix}'")}. "
                + "Add the assembly that holds the grain class to the engine.",
                nameof(grainInterface)),
            _ => throw new ArgumentException(
                $"Unable to identify a single appropriate grain type for interface {grainInterface}. Candidates: {string.Join(", ", fitting.Select(one => one.Type.FullName))}. "
                + "Pass the start of a class name as grainClassNamePrefix.",
                nameof(grainInterface)),
        };
    }
}
