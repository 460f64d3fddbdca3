using StepTool.Core.Tools;
using StepTool.Grains.Contracts;

namespace StepTool.Grains.Tools;

/// <summary>What an API's activation counts.</summary>
internal sealed class ToolCounters
{
    private long _errors;
    private long _faults;
    private long _deferred;
    private long _cached;
    private long _simulated;

    internal long Calls { get; set; }

    internal long Coalesced { get; set; }

    internal long Upstream { get; set; }

    internal long Retries { get; set; }

    internal long Broken { get; set; }

    internal ToolStatistics Statistics => new(Calls, Coalesced, _errors, _faults)
    {
        Cached = _cached,
        Simulated = _simulated,
        Deferred = _deferred,
        Upstream = Upstream,
        Retries = Retries,
        Broken = Broken,
    };

    internal ToolReply Count(ToolReply reply)
    {
        var answer = reply as ToolAnswer;
        _errors += answer is { Error.Length: > 0 } ? 1 : 0;
        _faults += reply is ToolFaulted ? 1 : 0;
        _deferred += reply is ToolDeferred ? 1 : 0;
        _cached += answer is { Provenance: Provenance.Cached } ? 1 : 0;
        _simulated += answer is { Provenance: Provenance.SimulatedNearest or Provenance.SimulatedTemplate or Provenance.SimulatedSchema } ? 1 : 0;
        return reply;
    }
}
