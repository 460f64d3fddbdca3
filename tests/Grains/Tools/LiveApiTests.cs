using Microsoft.Extensions.Logging.Abstractions;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Grains.Hosting;
using StepTool.Grains.Tools;
using StepTool.Grains.Tools.Limits;
using StepTool.Grains.Tools.Live;
using StepTool.Tests.Engines;
using Xunit;

namespace StepTool.Tests.Grains.Tools;

/// <summary>Waits, time-outs, retries and breaks of one API by a clock that a test moves: 20 seconds for a call, 10 for an attempt.</summary>
[Trait("Kind", "Unit")]
public sealed class LiveApiTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualClock _clock = new();
    private readonly ToolsOptions _options = new() { Host = new ToolLimits(), Retries = 0 };
    private readonly ToolCounters _counters = new();
    private readonly ScriptedCaller _caller;
    private LiveApi? _api;

    public LiveApiTests() => _caller = new ScriptedCaller(_clock);

    [Theory]
    [InlineData(false, true, ToolFaultKind.TimedOut)]
    [InlineData(false, false, ToolFaultKind.TimedOut)]
    [InlineData(true, true, ToolFaultKind.OutcomeUnknown)]
    public async Task Attempt_LongerThanItsTimeout_IsAFaultEvenIfTheAdapterNeverStops(bool mutates, bool stops, ToolFaultKind kind)
    {
        _options.Retries = 2;
        _caller.Reply = async (_, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, stops ? cancellationToken : CancellationToken.None);
            throw new InvalidOperationException("An endless wait has ended.");
        };
        var call = CallAsync(mutates: mutates);
        await _caller.Arrived.WaitAsync();
        _clock.Advance(10 * Second);
        Assert.Equal((kind, 1), (Assert.IsType<ToolFaulted>((await call).Reply).Fault.Kind, _caller.Count));
    }

    [Fact]
    public async Task Retry_BacksOffEachTime()
    {
        (_options.Retries, _options.RetryDelay) = (3, 0.1 * Second);
        var times = new List<TimeSpan>();
        _caller.Reply = (_, _, _) =>
        {
            times.Add(TimeSpan.FromTicks(_clock.GetTimestamp()));
            return Task.FromResult(_caller.Status(503));
        };
        var call = CallAsync();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await _caller.Arrived.WaitAsync();
            await _clock.ArmedAsync(3 * Second); // the back-off: an attempt's own time-out is ten seconds
            _clock.TickNext(); // it alone: the next back-off may be armed before the clock has come to rest
        }

        Assert.Equal("HTTP 503", ((ToolAnswer)(await call).Reply).Error);
        Assert.Equal((4, 3L), (times.Count, _counters.Retries));
        Assert.Distinct(times);
    }

    [Fact]
    public async Task RetryAfter_WithinTheCall_IsWaitedForByAll()
    {
        _options.Retries = 2;
        _caller.Reply = (number, _, _) => Task.FromResult(number == 1 ? _caller.Status(429, 5 * Second) : _caller.Ok(number));
        var call = CallAsync();
        await _caller.Arrived.WaitAsync();
        await _clock.ArmedAsync(2 * Second); // the back-off
        var other = CallAsync("other");
        _clock.Advance(2 * Second);
        await _clock.ArmedAsync(3 * Second); // what is left of the five seconds
        Assert.Equal(1, _caller.Count);
        _clock.Advance(3 * Second);
        await Task.WhenAll(call, other);
        Assert.Equal(3, _caller.Count);
    }

    [Fact]
    public async Task RetryAfter_LongerThanTheCall_IsDeferredAtOnce_ForAll()
    {
        _options.Retries = 2;
        _caller.Reply = (number, _, _) => Task.FromResult(number == 1 ? _caller.Status(429, 60 * Second) : _caller.Ok(number));
        Assert.InRange(Assert.IsType<ToolDeferred>((await CallAsync()).Reply).Wait, 60 * Second, 75 * Second);
        Assert.IsType<ToolDeferred>((await CallAsync("other")).Reply);
        Assert.Equal(1, _caller.Count);
        _clock.Advance(60 * Second);
        Assert.Equal("real 2", ((ToolAnswer)(await CallAsync()).Reply).Response);
    }

    [Fact]
    public async Task RetryAfter_AgainAndAgain_IsAnAnswerOncePatienceIsOver()
    {
        _caller.Reply = (_, _, _) => Task.FromResult(_caller.Status(429, 60 * Second));
        var replies = new List<ToolReply>();
        for (var ask = 0; ask < 3 && (replies.Count == 0 || replies[^1] is ToolDeferred); ask++)
        {
            replies.Add((await CallAsync()).Reply);
            _clock.Advance(75 * Second);
        }

        Assert.IsType<ToolDeferred>(replies[0]);
        Assert.Equal(ToolStatus.RateLimited, Assert.IsType<ToolAnswer>(replies[^1]).Status);
    }

    [Fact]
    public async Task Breaker_AfterTooManyFailures_DefersThenTriesOnceThenCloses()
    {
        _options.Breaker = new BreakerOptions { MinimumAttempts = 2, Break = 15 * Second };
        _caller.Reply = (number, _, _) => Task.FromResult(number <= 2 ? _caller.Status(503) : _caller.Ok(number));
        await CallAsync("1");
        await CallAsync("2");
        var held = await CallAsync("3");
        Assert.InRange(Assert.IsType<ToolDeferred>(held.Reply).Wait, 15 * Second, 19 * Second);
        Assert.Equal((2, 1L, true, false), (_caller.Count, _counters.Broken, held.MaySimulate, held.WasSent));
        _clock.Advance(15 * Second);
        Assert.IsType<ToolAnswer>((await CallAsync("4")).Reply);
        Assert.IsType<ToolAnswer>((await CallAsync("5")).Reply);
        Assert.Equal(4, _caller.Count);
    }

    [Fact]
    public async Task Breaker_StaysOpenLongerThanPatience_IsAFaultWithItsReason()
    {
        _options.Breaker = new BreakerOptions { MinimumAttempts = 2, Break = 15 * Second };
        _caller.Reply = (_, _, _) => Task.FromResult(_caller.Status(503));
        await CallAsync("1");
        await CallAsync("2");
        ToolReply reply;
        var asks = 0;
        do
        {
            reply = (await CallAsync("3")).Reply;
            _clock.Advance(10 * Second);
        }
        while (reply is not ToolFaulted && asks++ < 50);

        Assert.Contains("too many attempts failed, and it has failed since", Assert.IsType<ToolFaulted>(reply).Fault.Message, StringComparison.Ordinal);
        Assert.InRange(_clock.GetUtcNow() - DateTimeOffset.UnixEpoch, 100 * Second, 150 * Second);
    }

    [Fact]
    public async Task Rate_WaitsAsLongAsTheCallMay_TheRestIsDeferredAtOnce()
    {
        _options.Api = new ToolLimits { RequestsPerSecond = 1, Burst = 1 };
        var calls = Enumerable.Range(0, 14).Select(index => CallAsync($"{index}")).ToArray();
        var late = calls.Where(call => call.IsCompleted).ToArray();
        await Task.WhenAll(late.Concat([calls[0]]));
        Assert.Equal([.. Enumerable.Range(11, 3)], calls.Index().Where(call => call.Item.IsCompleted && call.Item.Result.Reply is ToolDeferred).Select(call => call.Index));
        _clock.Advance(10 * Second);
        await Task.WhenAll(calls);
        Assert.Equal(11, _caller.Count);
    }

    [Fact]
    public async Task Concurrency_NeverMoreThanTheLimit_OthersWait()
    {
        _options.Api = new ToolLimits { MaxConcurrent = 2 };
        var (under, most, gate) = (0, 0, new SemaphoreSlim(0));
        _caller.Reply = async (number, _, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref under));
            await gate.WaitAsync(CancellationToken.None);
            Interlocked.Decrement(ref under);
            return _caller.Ok(number);
        };
        var calls = Enumerable.Range(0, 6).Select(index => CallAsync($"{index}")).ToArray();
        for (var call = 0; call < 6; call++)
        {
            await _caller.Arrived.WaitAsync();
            gate.Release();
        }

        await Task.WhenAll(calls);
        Assert.Equal((6, true), (_caller.Count, most <= 2));
    }

    [Fact]
    public async Task Concurrency_AllPlacesHang_LaterCallsAreDeferredNotQueuedForEver()
    {
        (_options.Api, _options.Timeout) = (new ToolLimits { MaxConcurrent = 1 }, 12 * Second);
        _caller.Reply = async (_, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("An endless wait has ended.");
        };
        var first = CallAsync("1");
        await _caller.Arrived.WaitAsync();
        _clock.Advance(12 * Second);
        await first; // attempts are known to take twelve seconds by now
        var second = CallAsync("2");
        await _caller.Arrived.WaitAsync();
        var third = (await CallAsync("3")).Reply;
        Assert.InRange(Assert.IsType<ToolDeferred>(third).Wait, 12 * Second, 15 * Second);
        _clock.Advance(12 * Second);
        Assert.IsType<ToolFaulted>((await second).Reply);
    }

    public void Dispose()
    {
        _api?.Dispose();
        _caller.Arrived.Dispose();
    }

    private Task<LiveOutcome> CallAsync(string city = "Rome", bool mutates = false)
    {
        _api ??= new LiveApi(
            LiveGround.Define(LiveGround.Daily, mutates ? "POST" : "GET", new HttpBinding("GET", LiveGround.Host, "/daily")),
            _caller,
            new HostLine(LiveGround.Host, null!, "silo", _clock, _options, NullLogger.Instance),
            _options,
            20 * Second,
            _clock,
            _counters);
        return _api.CallAsync(new ToolCall(LiveGround.Daily, $$"""{"city":"{{city}}"}"""));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
