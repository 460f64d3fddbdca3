using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.ExceptionServices;

namespace StepTool.Embedded.Gateway;

/// <summary>An exception on the wire: type, message, stack and inner cross, its own properties do not.</summary>
internal sealed record WireFault(string Type, string Message, string? Stack, WireFault? Inner)
{
    private static readonly ConcurrentDictionary<string, Type?> Known = new();

    internal static WireFault Of(Exception exception) => new(
        exception.GetType().FullName!, exception.Message, exception.StackTrace, exception.InnerException is { } inner ? Of(inner) : null);

    /// <summary>
    /// The exception again, if its type is one of .NET's or of StepTool's and can be made from a message; else a <see cref="RemoteGrainException"/>.
    /// </summary>
    internal Exception ToException()
    {
        var inner = Inner?.ToException();
        var exception = Make(inner) ?? new RemoteGrainException(Type, Message, inner);
        return Stack is null ? exception : ExceptionDispatchInfo.SetRemoteStackTrace(exception, Stack);
    }

    private Exception? Make(Exception? inner)
    {
        if (Known.GetOrAdd(Type, Find) is not { } type)
        {
            return null;
        }

        // with an inner one first: where there is only one text, some types take it for a parameter's name
        return type.GetConstructor([typeof(string), typeof(Exception)]) is { } both ? (Exception)both.Invoke([Message, inner])
            : type.GetConstructor([typeof(string)]) is { } one ? (Exception)one.Invoke([Message])
            : null;
    }

    private static Type? Find(string name) => AppDomain.CurrentDomain.GetAssemblies()
        .Where(IsTrusted)
        .Select(assembly => assembly.GetType(name))
        .FirstOrDefault(type => type is { IsAbstract: false } && typeof(Exception).IsAssignableFrom(type));

    private static bool IsTrusted(Assembly assembly) =>
        assembly.GetName().Name is { } name
        && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("StepTool.", StringComparison.Ordinal));
}
