using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;

namespace StepTool.Grains.Tools.Live;

/// <summary>A host without ways to real APIs.</summary>
internal sealed class NoLiveCaller : ILiveCaller
{
    public string? HostOf(ApiBinding binding) => null;

    public ValueTask<LiveReply> CallAsync(ApiDefinition api, ToolCall call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new LiveReply(new ToolFaulted(new ToolFault(ToolFaultKind.Unavailable, $"{call.Api}: this host calls no real API."))) { NeverSent = true });
}
