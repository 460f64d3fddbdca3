using Orleans.Runtime;
using StepTool.Embedded.Calls;

namespace StepTool.Embedded.Gateway;

/// <summary>A method and its arguments, to and from their wire form.</summary>
internal interface IWireMessage
{
    GrainMethod Method { get; }

    void Write(ArgumentWriter writer);

    void Read(ArgumentReader reader);
}

/// <summary>A call with its result, to and from their wire form.</summary>
internal interface IWireCall : IWireMessage
{
    Task Answer { get; }

    void WriteResult(ArgumentWriter writer);

    void ReadResult(ArgumentReader reader);
}

/// <summary>A call that is answered by a stream.</summary>
internal interface IWireStream : IWireMessage
{
    /// <summary>Writes the stream's items as they come.</summary>
    Task RelayAsync(Route route, GrainReference grain, ItemWriter items, CancellationToken cancellationToken);
}
