using System.Reflection;
using StepTool.Embedded.Activations;

namespace StepTool.Embedded.Emission;

/// <summary>The methods of a grain interface, checked.</summary>
internal static class InterfaceMethods
{
    /// <exception cref="ArgumentException">The type is no grain interface, or a method cannot be a grain method.</exception>
    internal static List<MethodInfo> Of(Type grainInterface)
    {
        if (!GrainClass.IsGrainInterface(grainInterface) || grainInterface.ContainsGenericParameters)
        {
            throw new ArgumentException($"{grainInterface} is no grain interface. It must be an interface that extends IGrainWithStringKey.", nameof(grainInterface));
        }

        var methods = grainInterface.GetInterfaces().Prepend(grainInterface).SelectMany(one => one.GetMethods()).Where(method => !method.IsStatic).ToList();
        methods.ForEach(Check);
        return methods;
    }

    /// <summary>Whether the method answers with a stream.</summary>
    internal static bool IsStream(MethodInfo method) => IsGeneric(method.ReturnType, typeof(IAsyncEnumerable<>));

    /// <summary>The result's type, or null where there is none.</summary>
    internal static Type? ResultOf(MethodInfo method) => method.ReturnType.IsGenericType ? method.ReturnType.GenericTypeArguments[0] : null;

    private static void Check(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type != typeof(Task) && type != typeof(ValueTask) && !IsGeneric(type, typeof(Task<>)) && !IsGeneric(type, typeof(ValueTask<>)) && !IsStream(method))
        {
            throw Refused(method, $"returns {type}; it must return Task, Task<T>, ValueTask, ValueTask<T> or IAsyncEnumerable<T>");
        }

        if (method.IsGenericMethod)
        {
            throw Refused(method, "is generic; write one method for each type");
        }

        if (method.GetParameters().FirstOrDefault(parameter => parameter.ParameterType.IsByRef) is { } reference)
        {
            throw Refused(method, $"takes '{reference.Name}' by reference; pass it by value and return what changed");
        }

        if (method.GetParameters().Count(parameter => parameter.ParameterType == typeof(CancellationToken)) > 1)
        {
            throw Refused(method, "takes more than one CancellationToken; keep one");
        }
    }

    private static ArgumentException Refused(MethodInfo method, string why) => new($"Grain method {method.DeclaringType}.{method.Name} {why}.");

    private static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;
}
