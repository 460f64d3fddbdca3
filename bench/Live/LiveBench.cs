using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Grains.Policies;
using StepTool.Grains.Worlds;

namespace StepTool.Bench.Live;

/// <summary>APIs of one host that answer after a while, or hang; and a policy that calls what a task offers, with arguments of its own, until one turn is left.</summary>
internal sealed class LiveBench(int apis, TimeSpan latency) : IWorldCatalogue, IPolicySource, IPolicy, ILiveCaller
{
    private const string Host = "https://bench.example";
    private static readonly LiveReply Answer = new(new ToolAnswer(ToolStatus.Ok, "", """{"done": true}""", Provenance.Real));
    private readonly IWorld _world = CatalogueWorld.Load(CatalogueWriter.Pack(Enumerable.Range(0, apis).Select(Define)));
    private int _calls;

    /// <summary>Told of each task that a policy finishes.</summary>
    internal Action<string> Finished { get; init; } = _ => { };

    /// <summary>The API that never answers.</summary>
    internal ApiKey? Hung { get; init; }

    /// <summary>Real calls made.</summary>
    internal int Calls => Volatile.Read(ref _calls);

    internal static ApiKey Api(int index) => new("bench", "bench", $"api_{index}");

    public ValueTask<IWorld> GetAsync(string reference, CancellationToken cancellationToken) => ValueTask.FromResult(_world);

    public ValueTask<PinnedPolicy> GetAsync(PolicyReference reference, CancellationToken cancellationToken) => ValueTask.FromResult(new PinnedPolicy(this, null));

    public ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken)
    {
        if (situation.TurnsLeft > 1)
        {
            return ValueTask.FromResult(new Decision(new CallApi(new ToolCall(situation.Apis[0].Key, $$"""{"call":"{{seed}}"}""")), 0));
        }

        Finished(situation.Task.Id);
        return ValueTask.FromResult(new Decision(new Finish(Answer: "done"), 0));
    }

    public string? HostOf(ApiBinding binding) => Host;

    public async ValueTask<LiveReply> CallAsync(ApiDefinition api, ToolCall call, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        await Task.Delay(call.Api == Hung ? Timeout.InfiniteTimeSpan : latency, cancellationToken);
        return Answer with { Reply = (ToolAnswer)Answer.Reply with { Real = new RealCall(TimeProvider.System.GetUtcNow(), 200, latency) } };
    }

    private static ApiDefinition Define(int index) => new(
        new ApiDocumentation { Key = Api(index), ToolName = "Bench", ApiName = $"API {index}", Parameters = [new("call", ParameterType.Text, true, "", null, [])] }, null, [])
    {
        Binding = new HttpBinding("GET", Host, $"/{index}"),
    };
}
