using StepTool.Core.Tools;

namespace StepTool.Bench.Fleet;

/// <summary>Tools that take their time and do nothing.</summary>
internal sealed class SlowCaller(TimeSpan latency) : IToolCaller
{
    public bool Mutates(ApiDocumentation documentation) => false;

    public async ValueTask<ToolReply> CallAsync(string world, ToolRequest request, CancellationToken cancellationToken)
    {
        await Task.Delay(latency, cancellationToken);
        return new ToolAnswer(ToolStatus.Ok, "", """{"done": true}""", Provenance.World);
    }
}
