using System.Collections.Immutable;
using System.Reflection;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Tools;

namespace StepTool.Tests.Serialization;

/// <summary>Fills records of any shape: fully, or with the values that a careless wire form takes for absent ones.</summary>
internal sealed class Filler(bool isFull)
{
    private readonly NullabilityInfoContext _nullability = new();
    private int _count;

    public T Make<T>() => (T)Make(typeof(T), isNullable: false)!;

    public object? Make(Type type, bool isNullable)
    {
        if (isNullable && !isFull)
        {
            return null;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        _count++;
        return type switch
        {
            _ when type == typeof(string) => isFull ? $"text {_count} \"é\U0001F600\" <&>" : "",
            _ when type == typeof(bool) => isFull,
            _ when type == typeof(int) => isFull ? -1 : 0,
            _ when type == typeof(long) => isFull ? -1L : 0L,
            _ when type == typeof(ulong) => isFull ? ulong.MaxValue : 0ul,
            _ when type == typeof(double) => isFull ? 0.1 + _count : 0.0,
            _ when type == typeof(DateTimeOffset) => isFull ? DateTimeOffset.UnixEpoch.AddTicks(1234567) : default(DateTimeOffset),
            _ when type == typeof(TimeSpan) => isFull ? TimeSpan.FromTicks(1234567) : default(TimeSpan),
            _ when type.IsEnum => isFull ? Enum.GetValues(type).Cast<object>().Last() : Enum.GetValues(type).Cast<object>().First(),
            _ when type == typeof(ApiKey) => new ApiKey("c", "t", "a"),
            _ when type == typeof(EpisodeId) => new EpisodeId("run", isFull ? 7 : 0),
            _ when type == typeof(OrdinalSet) => isFull ? OrdinalSet.Empty.AddRange(0, 3).Add(7) : OrdinalSet.Empty,
            _ when type.IsGenericType && type.Namespace == typeof(ImmutableArray).Namespace => Collection(type),
            { IsInterface: true, GenericTypeArguments: [var item] } => Array.CreateInstance(item, 0),
            { IsInterface: true, GenericTypeArguments: [_, _] both } => Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(both)),
            { IsAbstract: true } => Make(type.Assembly.GetTypes().Where(derived => derived.BaseType == type).ElementAt(isFull ? 0 : 1), false),
            _ => Record(type),
        };
    }

    private object Collection(Type type)
    {
        var arguments = type.GenericTypeArguments;
        var empty = type.GetField("Empty", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        if (!isFull)
        {
            return empty;
        }

        var values = arguments.Select(argument => Make(argument, false)).ToArray();
        return type.GetMethod("Add", arguments)!.Invoke(empty, values)!;
    }

    private object Record(Type type)
    {
        var constructor = type.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length).First(candidate => candidate.GetParameters() is not [var only] || only.ParameterType != type);
        var made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Make(parameter.ParameterType, IsNullable(_nullability.Create(parameter), parameter.ParameterType)))]);
        var taken = constructor.GetParameters().Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var property in type.GetProperties().Where(property => property.CanWrite && !taken.Contains(property.Name)))
        {
            property.SetValue(made, Make(property.PropertyType, IsNullable(_nullability.Create(property), property.PropertyType)));
        }

        return made;
    }

    private static bool IsNullable(NullabilityInfo info, Type type) => Nullable.GetUnderlyingType(type) is not null || (!type.IsValueType && info.ReadState == NullabilityState.Nullable);
}
