using StepTool.Embedded.Activations;
using StepTool.Embedded.Calls;

namespace Orleans.Runtime;

/// <summary>A reference to a grain; the base of the proxies that are emitted from grain interfaces. Equal when the grain is the same.</summary>
public abstract class GrainReference : IAddressable, IEquatable<GrainReference>
{
    internal GrainReference(Route route, GrainId grainId)
    {
        Route = route;
        GrainId = grainId;
    }

    /// <summary>The grain's identity.</summary>
    public GrainId GrainId { get; }

    internal Route Route { get; }

    /// <summary>The activation that took the last call, so that the next one need not look it up. It may be gone.</summary>
    internal Activation? LastActivation { get; set; }

    internal Task<T> Send<T>(Call<T> call, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        Route.Send(this, call, cancellationToken);
        return call.Answer;
    }

    internal ValueTask<T> SendValue<T>(Call<T> call, CancellationToken cancellationToken) => new(Send(call, cancellationToken));

    internal ValueTask SendVoid(Call<Nothing> call, CancellationToken cancellationToken) => new(Send(call, cancellationToken));

    internal IAsyncEnumerable<T> Stream<T>(StreamCall<T> call, CancellationToken cancellationToken) => Route.Stream(this, call, cancellationToken);

    /// <inheritdoc/>
    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc/>
    public sealed override string ToString() => $"GrainReference:{GrainId}";
}
