using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using StepTool.Core.Chance;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Grains.Hosting;
using StepTool.Grains.Tools.Limits;

namespace StepTool.Grains.Tools.Live;

/// <summary>
/// Calls one real API: permits, breaker, time-out, retries. It answers within the time of a call, whatever the API does; what would have to wait longer is
/// deferred, and fails once the API has been failing for longer than patience lasts. On one activation's scheduler only.
/// </summary>
internal sealed class LiveApi : IDisposable
{
    private const double MostJitter = 0.25;
    private const double MostOfCall = 0.75; // the rest is for waiting: the first permit of a host needs a call of its own
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeastMemory = TimeSpan.FromMinutes(1);
    private readonly ApiDefinition _definition;
    private readonly bool _mutates;
    private readonly ILiveCaller _caller;
    private readonly HostLine _line;
    private readonly ToolsOptions _options;
    private readonly SteadyTime _time;
    private readonly TimeSpan _attemptTime;
    private readonly TimeSpan _waitTime;
    private readonly ToolCounters _counters;
    private readonly ApiLimiter _limiter;
    private readonly Breaker _breaker;
    private readonly SeededRandom _random;
    private readonly ResiliencePipeline<LiveOutcome> _retries;
    private DateTimeOffset _failsSince;
    private DateTimeOffset _lastFailure = DateTimeOffset.MinValue;

    internal LiveApi(ApiDefinition definition, ILiveCaller caller, HostLine line, ToolsOptions options, TimeSpan callTime, TimeProvider time, ToolCounters counters)
    {
        (_definition, _mutates, _caller, _line, _options, _counters) = (definition, definition.Documentation.Mutates, caller, line, options, counters);
        _time = new SteadyTime(time);
        _attemptTime = options.Timeout < callTime * MostOfCall ? options.Timeout : callTime * MostOfCall;
        _waitTime = callTime - _attemptTime;
        _limiter = new ApiLimiter(options.LimitsOf(definition.Documentation.Key), _time);
        _breaker = new Breaker(options.Breaker, _time, reply => HasFailed(reply) && !IsLimit(reply.Reply));
        _random = new SeededRandom(StableHash.Of(definition.Documentation.Key.ToString()));
        _retries = options.Retries == 0 ? ResiliencePipeline<LiveOutcome>.Empty : new ResiliencePipelineBuilder<LiveOutcome> { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions<LiveOutcome>
            {
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = LongestBackOff < _attemptTime ? LongestBackOff : _attemptTime,
                Randomizer = _random.NextDouble,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { MayRepeat: true }),
                OnRetry = _ =>
                {
                    _counters.Retries++;
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>Makes a call.</summary>
    internal async Task<LiveOutcome> CallAsync(ToolCall call)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true);
        try
        {
            return await _retries.ExecuteAsync(static (_, trial) => trial.Api.TryAsync(trial), context, new Trial(this, call, _time.GetUtcNow() + _waitTime));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public void Dispose() => _limiter.Dispose();

    private async ValueTask<LiveOutcome> TryAsync(Trial trial)
    {
        if (trial.Last is { } last && _time.GetUtcNow() > trial.Latest)
        {
            return last with { MayRepeat = false };
        }

        var own = await _limiter.EnterAsync(Left(trial));
        using var place = own.Pass;
        if (place is null)
        {
            return PutOff(own.Wait, "more is asked of it than it takes");
        }

        var shared = await _line.EnterAsync(Left(trial));
        using var permit = shared.Pass;
        if (permit is null)
        {
            return PutOff(shared.Wait, "more is asked of its host than it takes");
        }

        try
        {
            return trial.Last = Note(await _breaker.ExecuteAsync(ThroughHostAsync, trial.Call), trial);
        }
        catch (BrokenCircuitException exception)
        {
            _counters.Broken++;
            Fail();
            return PutOff(_breaker.Left(exception), "too many attempts failed");
        }
    }

    private ValueTask<LiveReply> ThroughHostAsync(ToolCall call) => _line.Breaker.ExecuteAsync(SendAsync, call);

    // An adapter that takes its thread, or never looks at its token, holds up neither this activation nor the caller.
    private async ValueTask<LiveReply> SendAsync(ToolCall call)
    {
        _counters.Upstream++;
        using var end = new CancellationTokenSource(_attemptTime, _time);
        try
        {
            return await Task.Run(() => _caller.CallAsync(_definition, call, end.Token).AsTask(), CancellationToken.None).WaitAsync(end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return new LiveReply(new ToolFaulted(new ToolFault(ToolFaultKind.TimedOut, $"{call.Api} gave no answer within {_attemptTime}.")), IsTransient: true);
        }
        catch (Exception exception)
        {
            return new LiveReply(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, $"{call.Api}: {exception.Message}")));
        }
    }

    private LiveOutcome Note(LiveReply live, Trial trial)
    {
        if (HasFailed(live))
        {
            Fail();
        }
        else
        {
            _lastFailure = DateTimeOffset.MinValue;
        }

        if (live.RetryAfter is { } pause)
        {
            _limiter.Pause(pause);
        }

        var mayRepeat = live.IsTransient && (!_mutates || live.NeverSent);
        if (mayRepeat && live.RetryAfter is { } wait && wait > Left(trial) && MayWait(wait))
        {
            return PutOff(wait, "it asked to be left alone");
        }

        return new LiveOutcome(Known(live))
        {
            WasSent = !live.NeverSent,
            MayRepeat = mayRepeat && (live.RetryAfter ?? _options.RetryDelay) <= Left(trial),
            MaySimulate = (!_mutates || live.NeverSent) && (live.IsTransient || live.Reply is ToolFaulted or ToolAnswer { Status: ToolStatus.Unauthorised or ToolStatus.NotSubscribed }),
        };
    }

    // Whatever broke after a mutating call was sent: it may have been carried out.
    private ToolReply Known(LiveReply live) => _mutates && !live.NeverSent && live.Reply is ToolFaulted { Fault: { Kind: not ToolFaultKind.OutcomeUnknown } fault }
        ? new ToolFaulted(new ToolFault(ToolFaultKind.OutcomeUnknown, fault.Message))
        : live.Reply;

    private LiveOutcome PutOff(TimeSpan wait, string reason)
    {
        wait += wait * (_random.NextDouble() * MostJitter); // those that wait for the same come back one by one
        if (MayWait(wait))
        {
            return new LiveOutcome(new ToolDeferred(wait)) { WasSent = false, MaySimulate = IsFailing };
        }

        var fault = new ToolFault(ToolFaultKind.Unavailable, $"{_definition.Documentation.Key} was not called: {reason}, and it has failed since {_failsSince:u}. It is tried again by itself.");
        return new LiveOutcome(new ToolFaulted(fault)) { WasSent = false, MaySimulate = true };
    }

    private bool MayWait(TimeSpan wait) => !IsFailing || _time.GetUtcNow() + wait - _failsSince <= _options.Patience;

    // A failure of long ago says nothing of now.
    private bool IsFailing => _lastFailure > DateTimeOffset.MinValue && _time.GetUtcNow() - _lastFailure <= (_options.Patience > LeastMemory ? _options.Patience : LeastMemory);

    private void Fail()
    {
        _failsSince = IsFailing ? _failsSince : _time.GetUtcNow();
        _lastFailure = _time.GetUtcNow();
    }

    /// <summary>How long an attempt may wait before it begins.</summary>
    private TimeSpan Left(Trial trial) => trial.Latest - _time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private static bool HasFailed(LiveReply live) => live.IsTransient || live.Reply is ToolFaulted { Fault.Kind: ToolFaultKind.OutcomeUnknown };

    private static bool IsLimit(ToolReply reply) => reply is ToolAnswer { Status: ToolStatus.RateLimited or ToolStatus.TooManyRequests };

    /// <summary>One call on its way.</summary>
    private sealed record Trial(LiveApi Api, ToolCall Call, DateTimeOffset Latest)
    {
        internal LiveOutcome? Last { get; set; }
    }
}
