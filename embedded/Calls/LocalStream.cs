using Orleans.Runtime;

namespace StepTool.Embedded.Calls;

/// <summary>The results of a grain method that answers with a stream; each enumeration is one of the grain.</summary>
internal sealed class LocalStream<T>(Route route, GrainReference to, StreamCall<T> call, CancellationToken callToken) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new GrainEnumeration<T>(route, to, call, callToken, cancellationToken);
}
