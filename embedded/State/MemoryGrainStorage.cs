using System.Collections.Concurrent;
using System.Globalization;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace StepTool.Embedded.State;

/// <summary>A store that lives as long as the process. States go through the serializer, so that none shares references with a grain.</summary>
internal sealed class MemoryGrainStorage(IGrainStorageSerializer serializer) : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, GrainId Grain), Record> _records = new();
    private long _version;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = _records.GetValueOrDefault((stateName, grainId));
        grainState.State = record is null ? default : serializer.Deserialize<T>(record.State);
        grainState.ETag = record?.ETag;
        grainState.RecordExists = record is not null;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var record = new Record(Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture), serializer.Serialize(grainState.State));
        var stored = Expect(key, grainState);
        if (!(stored is null ? _records.TryAdd(key, record) : _records.TryUpdate(key, record, stored)))
        {
            throw Lost(key, _records.GetValueOrDefault(key), grainState);
        }

        grainState.ETag = record.ETag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        if (Expect(key, grainState) is { } stored && !_records.TryRemove(new(key, stored)))
        {
            throw Lost(key, _records.GetValueOrDefault(key), grainState);
        }

        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private Record? Expect<T>((string State, GrainId Grain) key, IGrainState<T> grainState)
    {
        var stored = _records.GetValueOrDefault(key);
        return stored?.ETag == grainState.ETag ? stored : throw Lost(key, stored, grainState);
    }

    private static InconsistentStateException Lost<T>((string State, GrainId Grain) key, Record? stored, IGrainState<T> grainState) => new(
        $"State '{key.State}' of {key.Grain} changed since it was read.", stored?.ETag, grainState.ETag);

    /// <summary>Compared by reference, which is what makes the updates atomic.</summary>
    private sealed class Record(string eTag, BinaryData state)
    {
        internal string ETag { get; } = eTag;

        internal BinaryData State { get; } = state;
    }
}
