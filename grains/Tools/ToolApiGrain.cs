using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Tools.Answers;
using StepTool.Grains.Tools.Limits;
using StepTool.Grains.Tools.Live;
using StepTool.Grains.Worlds;

namespace StepTool.Grains.Tools;

/// <summary>Answers calls of one API by the run's mode. One caller that goes away takes no answer from the others, so a call has a time-out of its own and no caller's token.</summary>
[GrainType("tool-api"), ActivationCountBasedPlacement]
internal sealed class ToolApiGrain(
    IToolCaller caller,
    ILiveCaller live,
    IWorldCatalogue worlds,
    AnswerCache cache,
    HostLines hosts,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    IOptions<GrainsOptions> options,
    IOptions<ToolsOptions> tools) : Grain, IToolApiGrain
{
    private readonly ToolCounters _counters = new();
    private CallSharing _sharing = null!;
    private string _reference = "";
    private IWorld _world = null!;
    private ApiDefinition? _definition;
    private bool _mutates;
    private bool _mutatesLive;
    private LiveApi? _api;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_reference, var key) = ToolApiKey.Parse(this.GetPrimaryKeyString());
        _sharing = new CallSharing(_counters);
        _world = await worlds.GetAsync(_reference, cancellationToken);
        if (_world.TryDescribe(key, out var documentation))
        {
            (_mutates, _mutatesLive) = (caller.Mutates(documentation), caller.Mutates(_world, documentation));
        }

        _definition = _world.TryDefine(key, out var definition) ? definition : null;
        if (_definition?.Binding is { } binding && live.HostOf(binding) is { } host)
        {
            _api = new LiveApi(_definition, live, hosts.To(host), tools.Value, options.Value.CallTimeout, time, _counters);
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _api?.Dispose();
        return Task.CompletedTask;
    }

    public async Task<ToolReply> CallAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        _counters.Calls++;
        return _counters.Count(await ReplyAsync(request));
    }

    public Task<bool> IsReadyAsync(CancellationToken cancellationToken) => Task.FromResult(!lifetime.ApplicationStopping.IsCancellationRequested);

    public Task<ToolStatistics> StatisticsAsync(CancellationToken cancellationToken) => Task.FromResult(_counters.Statistics);

    private Task<ToolReply> ReplyAsync(ToolRequest request)
    {
        if (_definition is null || request.Mode is ToolMode.Recorded)
        {
            var shared = new CallSharing.Shared(ToolMode.Recorded, _mutates ? request.CallId : request.Call.Arguments, request.Attempt);
            return _sharing.JoinAsync(shared, WorldAsync, request);
        }

        var key = AnswerKey.Of(_reference, request.Call);
        var isUnique = _mutatesLive && request.Mode.IsLive;
        return _sharing.JoinAsync(
            new CallSharing.Shared(request.Mode, isUnique ? request.CallId : key?.Arguments ?? request.Call.Arguments, 0),
            ((ToolRequest Request, AnswerKey? Key) call) => call.Request.Mode is ToolMode.Replay ? ReplayAsync(call.Request, call.Key) : LiveAsync(call.Request, call.Key),
            (request, key));
    }

    private async Task<ToolReply> LiveAsync(ToolRequest request, AnswerKey? key)
    {
        if (_world.Refuse(request.Call) is { } refused)
        {
            return refused;
        }

        if (_mutatesLive)
        {
            return _sharing.Made(request.CallId) ?? await MutateAsync(request);
        }

        if (key is not null && await cache.FindAsync(key, KeptAnswer.LifeIn(request, tools.Value)) is { } kept)
        {
            return kept;
        }

        var outcome = await RealAsync(request.Call);
        if (key is not null && tools.Value.TimeToLiveOf(request.Call.Api) > TimeSpan.Zero)
        {
            await cache.KeepAsync(key, outcome.Reply);
        }

        return Settle(request, outcome);
    }

    private async Task<ToolReply> MutateAsync(ToolRequest request)
    {
        var outcome = await RealAsync(request.Call);
        if (outcome.WasSent)
        {
            _sharing.Remember(request.CallId, outcome.Reply);
        }

        return Settle(request, outcome);
    }

    private Task<LiveOutcome> RealAsync(ToolCall call) => _api is not null ? _api.CallAsync(call) : Task.FromResult(new LiveOutcome(new ToolFaulted(new ToolFault(
        ToolFaultKind.Unavailable,
        _definition!.Binding is null
            ? $"{call.Api} was not called: how it is called for real is not known. Import its tool with its address, or run with --tools live-then-simulated or recorded."
            : $"{call.Api} was not called: this silo has no way to it. Configure it under {ToolsOptions.Section}, or run with --tools live-then-simulated or recorded.")))
    {
        WasSent = false,
        MaySimulate = true,
    });

    private ToolReply Settle(ToolRequest request, LiveOutcome outcome) =>
        outcome.MaySimulate && request.Mode is ToolMode.LiveThenSimulated ? _world.Answer(request.Call, request.Attempt) : outcome.Reply;

    private async Task<ToolReply> ReplayAsync(ToolRequest request, AnswerKey? key)
    {
        if (key is not null && !_mutatesLive && await cache.FindAsync(key, KeptAnswer.LifeIn(request, tools.Value)) is { } kept)
        {
            return kept;
        }

        return _world.Answer(request.Call, request.Attempt) is { Provenance: Provenance.Recorded or Provenance.World } recorded
            ? recorded
            : new ToolFaulted(new ToolFault(
                ToolFaultKind.NotRecorded, $"{request.Call.Api} has no recorded or kept answer to these arguments. Run with --tools live or live-then-simulated once, or recorded to have answers made up."));
    }

    private async Task<ToolReply> WorldAsync(ToolRequest request)
    {
        using var timeout = new CancellationTokenSource(options.Value.CallTimeout, time);
        try
        {
            return await caller.CallAsync(_reference, request, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return Lost(ToolFaultKind.TimedOut, $"{request.Call.Api} gave no answer within {options.Value.CallTimeout}.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Lost(ToolFaultKind.Unavailable, $"{request.Call.Api}: {exception.Message}");
        }
    }

    // Whatever broke after a mutating call was made: it may have been carried out.
    private ToolFaulted Lost(ToolFaultKind kind, string message) => new(new ToolFault(_mutates ? ToolFaultKind.OutcomeUnknown : kind, message));
}
