using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Tools;

namespace StepTool.Tests.Grains.Tools;

/// <summary>A catalogue of a weather service with an answer recorded for Oslo, and what calls it as a test says.</summary>
internal sealed class LiveGround
{
    public const string Host = "https://sky.example";
    public static readonly ApiKey Daily = new("weather", "sky", "daily");
    public static readonly ApiKey Order = new("weather", "sky", "order");
    public static readonly ApiKey Unbound = new("weather", "sky", "unbound");

    public LiveGround(TimeProvider? time = null) => Caller = new ScriptedCaller(time ?? TimeProvider.System);

    public IWorld World { get; init; } = CatalogueWorld.Load(CatalogueWriter.Pack(
    [
        Define(Daily, "GET", new HttpBinding("GET", Host, "/daily"), new RecordedAnswer("""{"city":"Oslo"}""", "", "recorded rain")),
        Define(Order, "POST", new HttpBinding("POST", Host, "/order")),
        Define(Unbound, "GET", null, new RecordedAnswer("""{"city":"Oslo"}""", "", "recorded rain")),
    ]));

    public ScriptedCaller Caller { get; }

    /// <summary>What calls instead, where it is not a script.</summary>
    public ILiveCaller? Real { get; init; }

    public Action<ToolsOptions> Options { get; init; } = _ => { };

    public static ToolRequest Request(string city, ToolMode mode = ToolMode.Live, ApiKey? api = null, string call = "run/0#0") =>
        new(new ToolCall(api ?? Daily, $$"""{"city":"{{city}}"}"""), call, 0, mode);

    public static IToolApiGrain Api(House house, ApiKey? api = null) => house.Grain<IToolApiGrain>(ToolApiKey.Of("tiny", api ?? Daily));

    public static ApiDefinition Define(ApiKey key, string method, ApiBinding? binding, params ImmutableArray<RecordedAnswer> answers) => new(
        new ApiDocumentation { Key = key, ToolName = key.Tool, ApiName = key.Api, Method = method, Parameters = [new("city", ParameterType.Text, true, "", null, [])] }, null, answers)
    {
        Binding = binding,
    };
}

/// <summary>Answers real calls as a test says, else with the count of calls so far.</summary>
internal sealed class ScriptedCaller(TimeProvider time) : ILiveCaller
{
    private int _count;

    /// <summary>Calls made.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The arguments of each call, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>What a call comes to; gets its number from 1.</summary>
    public Func<int, ToolCall, CancellationToken, Task<LiveReply>>? Reply { get; set; }

    /// <summary>Released once for each call that arrives.</summary>
    public SemaphoreSlim Arrived { get; } = new(0);

    public string? HostOf(ApiBinding binding) => (binding as HttpBinding)?.Server;

    public async ValueTask<LiveReply> CallAsync(ApiDefinition api, ToolCall call, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _count);
        Calls.Enqueue(call.Arguments);
        Arrived.Release();
        return Reply is { } reply ? await reply(number, call, cancellationToken) : Ok(number);
    }

    public LiveReply Ok(int number) => new(Answer(200, string.Create(CultureInfo.InvariantCulture, $"real {number}")));

    /// <summary>An answer with an HTTP status.</summary>
    public LiveReply Status(int status, TimeSpan? retryAfter = null) =>
        new(Answer(status, ""), status is 408 or 429 or >= 500, retryAfter);

    public static LiveReply Unreachable(bool neverSent) =>
        new(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, "no route")), IsTransient: true) { NeverSent = neverSent };

    private ToolAnswer Answer(int status, string response) => new(
        status switch
        {
            < 300 => ToolStatus.Ok,
            401 => ToolStatus.Unauthorised,
            404 => ToolStatus.NotFound,
            429 => ToolStatus.RateLimited,
            _ => ToolStatus.RequestError,
        },
        status < 300 ? "" : string.Create(CultureInfo.InvariantCulture, $"HTTP {status}"),
        response,
        Provenance.Real)
    {
        Real = new RealCall(time.GetUtcNow(), status, TimeSpan.FromMilliseconds(5)),
    };
}
