using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Core.Virtual;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>One recorded answer, as an observation and as the bytes that a client is sent; those are made when they are first asked for.</summary>
internal sealed class RecordedEntry(RecordedAnswer recorded)
{
    private VirtualReply? _reply;

    /// <summary>The input as it was recorded.</summary>
    public string Text => recorded.Text;

    public ToolAnswer Answer { get; } = new(RecordedStatus.Of(recorded.Error), recorded.Error, recorded.Response, Provenance.Recorded);

    public VirtualReply Reply => _reply ??= VirtualReply.Recorded(recorded.ToBody());
}
