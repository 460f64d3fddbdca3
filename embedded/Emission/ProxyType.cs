using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Runtime;
using StepTool.Embedded.Calls;

namespace StepTool.Embedded.Emission;

/// <summary>The emitted side of a grain interface: its proxy, and a message type for each method, for local calls and the gateway alike.</summary>
internal sealed class ProxyType
{
    private static readonly ConcurrentDictionary<Type, Lazy<ProxyType>> Emitted = new();

    private ProxyType(Type grainInterface)
    {
        Interface = grainInterface;
        var methods = InterfaceMethods.Of(grainInterface);
        var assembly = new ProxyAssembly(grainInterface);
        var messages = methods.ConvertAll(method => MessageEmitter.Emit(assembly, method));
        Create = ProxyEmitter.Emit(assembly, grainInterface, methods, messages);
        Methods = messages.ToDictionary(message => message.Method.Signature);
    }

    internal Type Interface { get; }

    /// <summary>Makes a reference.</summary>
    internal Func<Route, GrainId, GrainReference> Create { get; }

    /// <summary>The messages by signature.</summary>
    internal IReadOnlyDictionary<string, MessageType> Methods { get; }

    /// <summary>The emitted side of an interface; emitted once in a process.</summary>
    /// <exception cref="ArgumentException">A method cannot be a grain method; the message says which and why.</exception>
    internal static ProxyType Of(Type grainInterface) => Emitted.GetOrAdd(grainInterface, static key => new(() => new(key))).Value;
}

/// <summary>The emitted message of one method.</summary>
/// <param name="Method">What the interface says about it.</param>
/// <param name="Type">The class: a <see cref="Call{T}"/> or a <see cref="StreamCall{T}"/> with a field for each argument.</param>
/// <param name="Create">Makes one without arguments.</param>
internal sealed record MessageType(GrainMethod Method, Type Type, Func<object> Create)
{
    internal ConstructorInfo Constructor => Type.GetConstructor([])!;

    internal FieldInfo Argument(int position) => Type.GetField(MessageEmitter.FieldName(position))!;
}
