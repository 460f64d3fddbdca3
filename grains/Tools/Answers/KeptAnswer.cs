using StepTool.Core.Tools;
using StepTool.Grains.Hosting;

namespace StepTool.Grains.Tools.Answers;

/// <summary>The answer of an earlier real call.</summary>
/// <param name="Arguments">What equal calls have in common.</param>
/// <param name="Answer">The answer, marked as <see cref="Provenance.Cached"/>, with its real call.</param>
internal sealed record KeptAnswer(string Arguments, ToolAnswer Answer)
{
    private const int NotFound = 404;
    private const int Gone = 410;

    /// <summary>Keeps an answer; null where it may not be: nothing that another attempt, another key or another day could turn into an answer.</summary>
    internal static KeptAnswer? Of(AnswerKey key, ToolReply reply) => reply switch
    {
        ToolAnswer { Provenance: Provenance.Cached, Real: not null } kept => new KeptAnswer(key.Arguments, kept with { Latency = null }),
        ToolAnswer { Provenance: Provenance.Real, Real: { } real } answer when (answer.Status is ToolStatus.Ok && answer.Error.Length == 0) || real.Status is NotFound or Gone =>
            new KeptAnswer(key.Arguments, answer with { Provenance = Provenance.Cached, Latency = null }),
        _ => null,
    };

    /// <summary>How old an answer to a request may be: of any age where a run is played again.</summary>
    internal static TimeSpan LifeIn(ToolRequest request, ToolsOptions options) => request.Mode is ToolMode.Replay ? TimeSpan.MaxValue : options.TimeToLiveOf(request.Call.Api);

    /// <summary>Whether the answer is still good.</summary>
    internal bool IsFresh(DateTimeOffset now, TimeSpan timeToLive) => now - Answer.Real!.At < timeToLive;
}
