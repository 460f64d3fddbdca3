using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using StepTool.Core.Serialization;
using StepTool.Core.Storage;
using StepTool.Core.Tasks;
using StepTool.Grains.State;

namespace StepTool.Grains.Runs;

/// <summary>The standing run's tasks: kept in blobs, so that a hundred thousand waiting tasks cost no memory; recently used chunks stay at hand.</summary>
internal sealed class ChunkedTasks(IBlobStore blobs)
{
    /// <summary>The form of a chunk.</summary>
    internal static readonly JsonBlob<ImmutableArray<AgentTask>> Chunks = new(new BlobHead("A chunk of tasks", Version: 2), CoreJson.Default.Of<ImmutableArray<AgentTask>>());

    private const int MaxLoaded = 8;
    private const int ReadAtOnce = 16;
    private const int Recent = 256;
    private const int MaxTasks = 1000;
    private const int MaxBytes = 4 << 20;
    private readonly Dictionary<string, ImmutableArray<AgentTask>> _loaded = [];
    private readonly HashSet<UInt128> _digests = [];
    private long _digested;

    /// <summary>Stores a chunk and returns its blob.</summary>
    internal ValueTask<string> StoreAsync(ImmutableArray<AgentTask> tasks) =>
        blobs.PutAsync(Chunks.Encode(tasks), default);

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
            tasks = await ReadAsync(chunk);
            if (_loaded.Count >= MaxLoaded)
            {
                _loaded.Clear();
            }

            _loaded[chunk.Blob] = tasks;
        }

        return tasks[(int)(ordinal - chunk.First)];
    }

    /// <summary>Those of some tasks that no chunk holds. What each chunk holds is read once; chunks are only ever added.</summary>
    internal async Task<ImmutableArray<AgentTask>> NewAmongAsync(ImmutableArray<TaskChunk> chunks, ImmutableArray<AgentTask> tasks)
    {
        foreach (var part in chunks.Where(chunk => chunk.First >= _digested).Chunk(ReadAtOnce))
        {
            foreach (var known in await Task.WhenAll(part.Select(ReadAsync)))
            {
                _digests.UnionWith(known.Select(DigestOf));
            }

            _digested = part[^1].First + part[^1].Count;
        }

        return [.. tasks.Where(task => !_digests.Contains(DigestOf(task)))];
    }

    /// <summary>
    /// The chunks where the older ones of many small batches are put together, and how many of the given ones were looked at; none while the batches are few.
    /// What is put together no longer knows its batches.
    /// </summary>
    internal async Task<(ImmutableArray<TaskChunk> Chunks, int Count)> SettleAsync(ImmutableArray<TaskChunk> chunks)
    {
        var settled = chunks.Length;
        while (settled > 0 && chunks[settled - 1].BatchId.Length > 0)
        {
            settled--;
        }

        if (chunks.Length - settled < 2 * Recent)
        {
            return ([], 0);
        }

        var (result, open, bytes) = (chunks[..settled].ToBuilder(), new List<(TaskChunk Chunk, ImmutableArray<AgentTask> Tasks)>(), 0L);
        foreach (var part in chunks.AsSpan(settled, Recent).ToArray().Chunk(ReadAtOnce))
        {
            foreach (var (chunk, tasks, length) in await Task.WhenAll(part.Select(MeasureAsync)))
            {
                if (length + bytes > MaxBytes || open.Sum(held => held.Chunk.Count) + chunk.Count > MaxTasks)
                {
                    await PutTogetherAsync();
                }

                open.Add((chunk, tasks));
                bytes += length;
            }
        }

        await PutTogetherAsync();
        return (result.ToImmutable(), settled + Recent);

        async Task PutTogetherAsync()
        {
            if (open is [var first, ..])
            {
                var blob = open.Count == 1 ? first.Chunk.Blob : await StoreAsync([.. open.SelectMany(held => held.Tasks)]);
                result.Add(new TaskChunk("", first.Chunk.First, open.Sum(held => held.Chunk.Count), blob));
                open.Clear();
                bytes = 0;
            }
        }
    }

    // One that is damaged stays by itself.
    private async Task<(TaskChunk Chunk, ImmutableArray<AgentTask> Tasks, long Bytes)> MeasureAsync(TaskChunk chunk)
    {
        try
        {
            var content = await blobs.GetAsync(chunk.Blob, default);
            return (chunk, Chunks.Decode(content), content.Length);
        }
        catch (StorageException exception) when (StorageException.IsDamage(exception))
        {
            return (chunk, [], MaxBytes);
        }
    }

    private async Task<ImmutableArray<AgentTask>> ReadAsync(TaskChunk chunk) => Chunks.Decode(await blobs.GetAsync(chunk.Blob, default));

    private static UInt128 DigestOf(AgentTask task) =>
        BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(task, CoreJson.Default.Of<AgentTask>())));
}
