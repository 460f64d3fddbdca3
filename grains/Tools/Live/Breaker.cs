using Polly;
using Polly.CircuitBreaker;
using StepTool.Core.Tools.Live;
using StepTool.Grains.Hosting;

namespace StepTool.Grains.Tools.Live;

/// <summary>Lets no attempt through for a while after too many failed, then a single one. Safe for concurrent use.</summary>
internal sealed class Breaker
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private readonly ResiliencePipeline<LiveReply> _pipeline;
    private readonly TimeSpan _break;

    internal Breaker(BreakerOptions options, TimeProvider time, Func<LiveReply, bool> isFailure)
    {
        _break = options.Break;
        _pipeline = new ResiliencePipelineBuilder<LiveReply> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<LiveReply>
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumAttempts,
                SamplingDuration = Window,
                BreakDuration = options.Break,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { } reply && isFailure(reply)),
            })
            .Build();
    }

    /// <summary>Makes an attempt.</summary>
    /// <exception cref="BrokenCircuitException">None is let through.</exception>
    internal async ValueTask<LiveReply> ExecuteAsync<TState>(Func<TState, ValueTask<LiveReply>> attempt, TState state)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true);
        try
        {
            return await _pipeline.ExecuteAsync(static (_, call) => call.attempt(call.state), context, (attempt, state));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>How long it lets nothing through.</summary>
    internal TimeSpan Left(BrokenCircuitException exception) => exception.RetryAfter is { } left && left > TimeSpan.Zero ? left : _break;
}
