using Microsoft.Extensions.Options;
using Orleans.Placement;
using StepTool.Core.Tools;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Worlds;

namespace StepTool.Grains.Tools;

[GrainType("tool-api"), ActivationCountBasedPlacement]
internal sealed class ToolApiGrain(IToolCaller caller, IWorldCatalogue worlds, TimeProvider time, IOptions<GrainsOptions> options) : Grain, IToolApiGrain
{
    private readonly Dictionary<(string Key, int Attempt), Task<ToolReply>> _inFlight = [];
    private string _world = "";
    private bool _mutates;
    private long _calls;
    private long _coalesced;
    private long _errors;
    private long _faults;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var (world, api) = ToolApiKey.Parse(this.GetPrimaryKeyString());
        _world = world;
        _mutates = (await worlds.GetAsync(world, cancellationToken)).TryDescribe(api, out var documentation) && caller.Mutates(documentation);
    }

    public async Task<ToolReply> CallAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        _calls++;
        var reply = await ShareAsync(request);
        _errors += reply is ToolAnswer { Error.Length: > 0 } ? 1 : 0;
        _faults += reply is ToolFaulted ? 1 : 0;
        return reply;
    }

    public Task<ToolStatistics> StatisticsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ToolStatistics(_calls, _coalesced, _errors, _faults));

    // Equal safe calls in flight share one answer; of a mutating API only the same call, by its id. One caller that goes away does not take it from the others, so the shared call has a time-out of its own.
    private async Task<ToolReply> ShareAsync(ToolRequest request)
    {
        var key = (_mutates ? request.CallId : request.Call.Arguments, request.Attempt);
        if (_inFlight.TryGetValue(key, out var shared))
        {
            _coalesced++;
            return await shared;
        }

        var answer = AnswerAsync(request);
        if (answer.IsCompleted)
        {
            return await answer;
        }

        _inFlight[key] = answer;
        try
        {
            return await answer;
        }
        finally
        {
            _inFlight.Remove(key);
        }
    }

    private async Task<ToolReply> AnswerAsync(ToolRequest request)
    {
        using var timeout = new CancellationTokenSource(options.Value.CallTimeout, time);
        try
        {
            return await caller.CallAsync(_world, request, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new ToolFaulted(new ToolFault(ToolFaultKind.TimedOut, $"{request.Call.Api} gave no answer within {options.Value.CallTimeout}."));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, $"{request.Call.Api}: {exception.Message}"));
        }
    }
}
