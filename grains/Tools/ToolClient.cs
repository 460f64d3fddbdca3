using Microsoft.Extensions.Options;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Tools.Answers;

namespace StepTool.Grains.Tools;

/// <summary>How whoever is on this silo calls tools: what the silo remembers needs no call, all else is asked of the API's grain. One a silo; safe for concurrent use.</summary>
public sealed class ToolClient
{
    private readonly AnswerMemory _memory;
    private readonly TimeProvider _time;
    private readonly ToolsOptions _options;

    internal ToolClient(AnswerMemory memory, TimeProvider time, IOptions<ToolsOptions> options) => (_memory, _time, _options) = (memory, time, options.Value);

    /// <summary>Calls a tool. An answer says how long it took.</summary>
    /// <param name="grains">The caller's grain factory.</param>
    /// <param name="world">Reference of the world.</param>
    /// <param name="request">The call.</param>
    /// <param name="mutates">Whether it changes something, so that it is never answered from memory.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<ToolReply> CallAsync(IGrainFactory grains, string world, ToolRequest request, bool mutates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grains);
        ArgumentNullException.ThrowIfNull(request);
        var started = _time.GetTimestamp();
        var key = mutates || request.Mode is ToolMode.Recorded ? null : AnswerKey.Of(world, request.Call);
        if (key is not null && _memory.Find(key) is { } kept && kept.IsFresh(_time.GetUtcNow(), KeptAnswer.LifeIn(request, _options)))
        {
            _memory.CountHit();
            return kept.Answer with { Latency = _time.GetElapsedTime(started) };
        }

        var reply = await grains.GetGrain<IToolApiGrain>(ToolApiKey.Of(world, request.Call.Api)).CallAsync(request, cancellationToken);
        if (key is not null && KeptAnswer.Of(key, reply) is { } answer)
        {
            _memory.Keep(key, answer);
        }

        return reply is ToolAnswer timed ? timed with { Latency = _time.GetElapsedTime(started) } : reply;
    }
}
