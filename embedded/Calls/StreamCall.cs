using Orleans.Runtime;
using StepTool.Embedded.Gateway;

namespace StepTool.Embedded.Calls;

/// <summary>A call of a method that answers with a stream; its subclasses are emitted. It may be enumerated more than once.</summary>
internal abstract class StreamCall<T> : IWireStream
{
    public abstract GrainMethod Method { get; }

    public abstract IAsyncEnumerable<T> Open(object grain, CancellationToken token);

    public abstract void Write(ArgumentWriter writer);

    public abstract void Read(ArgumentReader reader);

    async Task IWireStream.RelayAsync(Route route, GrainReference grain, ItemWriter items, CancellationToken cancellationToken)
    {
        await foreach (var item in route.Stream(grain, this, cancellationToken))
        {
            await items.WriteAsync(item, cancellationToken);
        }
    }
}
