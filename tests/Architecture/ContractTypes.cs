using System.Reflection;
using Orleans.Runtime;
using StepTool.Grains.Contracts;
using StepTool.Grains.Tools.Answers;

namespace StepTool.Tests.Architecture;

/// <summary>What crosses grain calls and what grains store, found by reflection.</summary>
internal static class ContractTypes
{
    private static readonly Assembly Grains = typeof(IRunGrain).Assembly;

    /// <summary>Arguments and results of all grain interfaces.</summary>
    public static Type[] Messages { get; } =
    [
        .. Grains.GetTypes().Where(type => type.IsInterface && typeof(IGrainWithStringKey).IsAssignableFrom(type))
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(Result(method.ReturnType)))
            .OfType<Type>()
            .Where(type => type != typeof(CancellationToken))
            .Distinct()
            .OrderBy(type => type.ToString(), StringComparer.Ordinal),
    ];

    /// <summary>States of all grain classes, and what they keep beside them in grain storage.</summary>
    public static Type[] States { get; } =
    [
        .. Grains.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && typeof(Grain).IsAssignableFrom(type))
            .SelectMany(type => type.GetConstructors())
            .SelectMany(constructor => constructor.GetParameters())
            .Select(parameter => parameter.ParameterType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IPersistentState<>))
            .Select(type => type.GenericTypeArguments[0])
            .Append(typeof(KeptAnswer))
            .Distinct()
            .OrderBy(type => type.ToString(), StringComparer.Ordinal),
    ];

    private static Type? Result(Type type) => type.IsGenericType ? type.GenericTypeArguments[0] : null;
}
