using System.Reflection;
using Orleans;
using Orleans.Concurrency;

namespace StepTool.Embedded.Calls;

/// <summary>What runs beside what in an activation.</summary>
internal enum Turn : byte
{
    /// <summary>Beside no other exclusive or shared call.</summary>
    Exclusive,

    /// <summary>Beside other shared calls.</summary>
    Shared,

    /// <summary>Beside anything, between awaits.</summary>
    Interleaved,
}

/// <summary>A method of a grain interface.</summary>
internal sealed class GrainMethod
{
    internal GrainMethod(Type grainInterface, MethodInfo method)
    {
        Interface = grainInterface;
        Name = $"{grainInterface.Name}.{method.Name}";
        Signature = $"{method.Name}({string.Join(',', method.GetParameters().Select(parameter => parameter.ParameterType.ToString()))})";
        Turn = method.IsDefined(typeof(AlwaysInterleaveAttribute)) ? Turn.Interleaved : method.IsDefined(typeof(ReadOnlyAttribute)) ? Turn.Shared : Turn.Exclusive;
        Timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        TakesToken = method.GetParameters().Any(parameter => parameter.ParameterType == typeof(CancellationToken));
    }

    internal Type Interface { get; }

    /// <summary>For people: <c>ITaskGrain.RunAsync</c>.</summary>
    internal string Name { get; }

    /// <summary>For the wire: tells overloads apart.</summary>
    internal string Signature { get; }

    internal Turn Turn { get; }

    /// <summary>The method's own response time-out, or null for the engine's.</summary>
    internal TimeSpan? Timeout { get; }

    internal bool TakesToken { get; }
}
