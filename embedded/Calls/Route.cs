using Orleans.Runtime;

namespace StepTool.Embedded.Calls;

/// <summary>How calls of references reach their grains: in this process, or through a gateway.</summary>
internal abstract class Route
{
    /// <summary>Sends a call on its way. It never throws; a failure is the call's answer.</summary>
    internal abstract void Send(GrainReference to, Request call, CancellationToken cancellationToken);

    /// <summary>The stream of a call's results; nothing happens before it is enumerated.</summary>
    internal abstract IAsyncEnumerable<T> Stream<T>(GrainReference to, StreamCall<T> call, CancellationToken cancellationToken);

    /// <summary>The type of the one grain class that implements the interface.</summary>
    /// <exception cref="ArgumentException">No class or more than one implements it.</exception>
    internal abstract GrainType TypeOf(Type grainInterface, string? classNamePrefix);

    /// <summary>A reference to a grain that is known by its identity.</summary>
    internal abstract GrainReference Refer(Type grainInterface, GrainId id);
}
