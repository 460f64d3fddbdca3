using System.Collections.Immutable;
using System.Text.Json;
using StepTool.Core.Serialization;
using StepTool.Core.Storage;
using StepTool.Core.Tasks;

namespace StepTool.Grains.Runs;

/// <summary>The standing run's tasks: kept in blobs, so that a hundred thousand waiting tasks cost no memory; recently used chunks stay at hand.</summary>
internal sealed class ChunkedTasks(IBlobStore blobs)
{
    private const int MaxLoaded = 8;
    private readonly Dictionary<string, ImmutableArray<AgentTask>> _loaded = [];

    /// <summary>Stores a chunk and returns its blob.</summary>
    internal ValueTask<string> StoreAsync(ImmutableArray<AgentTask> tasks) =>
        blobs.PutAsync(JsonSerializer.SerializeToUtf8Bytes(tasks, CoreJson.Default.ImmutableArrayAgentTask), default);

    /// <summary>The task of an ordinal, or null.</summary>
    internal async ValueTask<AgentTask?> FindAsync(ImmutableArray<TaskChunk> chunks, long ordinal)
    {
        var chunk = chunks.FirstOrDefault(chunk => ordinal >= chunk.First && ordinal < chunk.First + chunk.Count);
        if (chunk is null)
        {
            return null;
        }

        if (!_loaded.TryGetValue(chunk.Blob, out var tasks))
        {
            var bytes = await blobs.GetAsync(chunk.Blob, default);
            tasks = JsonSerializer.Deserialize(bytes.Span, CoreJson.Default.ImmutableArrayAgentTask);
            if (_loaded.Count >= MaxLoaded)
            {
                _loaded.Clear();
            }

            _loaded[chunk.Blob] = tasks;
        }

        return tasks[(int)(ordinal - chunk.First)];
    }
}
