using System.Collections.Frozen;
using StepTool.Core.Tools;
using StepTool.Core.Virtual;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>A world with recorded answers in the bytes in which StableToolBench's clients are sent them.</summary>
public interface IRecordedReplies
{
    /// <summary>The reply recorded for a request: for the very same input, else for equal arguments; null where none is.</summary>
    VirtualReply? Find(VirtualRequest request);
}

/// <summary>Finds recorded replies by the names and the input of a request; as fast among many as among few.</summary>
internal sealed class RecordedReplies(IEnumerable<KeyValuePair<ApiKey, Lazy<RecordedApi>>> apis) : IRecordedReplies
{
    private readonly FrozenDictionary<string, Lazy<RecordedApi>>.AlternateLookup<ReadOnlySpan<char>> _apis =
        apis.ToFrozenDictionary(api => api.Key.ToString(), api => api.Value, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    public VirtualReply? Find(VirtualRequest request) =>
        Find(request, request.Path) ?? (request.Path.Length < request.WholePath.Length ? Find(request, request.WholePath) : null);

    private VirtualReply? Find(VirtualRequest request, ReadOnlySpan<char> path) =>
        _apis.TryGetValue(path, out var api) ? api.Value.ReplyTo(request.Arguments) ?? api.Value.ReplyTo(request.Json) : null;
}
