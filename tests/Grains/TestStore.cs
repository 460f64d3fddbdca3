using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Core.Storage;
using StepTool.Grains.Hosting;

namespace StepTool.Tests.Grains;

/// <summary>Grain state that outlives its silos. Tells when a state comes to be as a test awaits it, and fails writes when it is told to.</summary>
internal sealed class TestStore
{
    /// <summary>What is said of a damaged record.</summary>
    public const string Damaged = "The test has damaged this record.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);
    private readonly ConcurrentDictionary<(string State, string Key), Record> _records = new();
    private readonly ConcurrentDictionary<(string State, string Key), byte> _damaged = new();
    private readonly ConcurrentDictionary<Guid, Action> _watches = new();
    private readonly Lock _gate = new();
    private int _version;
    private int _writes;

    /// <summary>One write in so many fails; 0 for none.</summary>
    public int FailEvery { get; set; }

    /// <summary>Whether a failing write stores all the same, so that its outcome is unknown to the grain.</summary>
    public bool FailsAfterStoring { get; set; }

    /// <summary>Decides by state name, key and the state to be written whether a write fails; counted as many times as it says so.</summary>
    public Func<string, string, object?, bool>? Fails { get; set; }

    /// <summary>Waited for, by state name, before a state is read.</summary>
    public Func<string, Task> Reading { get; set; } = _ => Task.CompletedTask;

    /// <summary>Told of each state that was stored, null where one was cleared; in order, under the store's lock.</summary>
    public Action<string, string, object?> Stored { get; set; } = (_, _, _) => { };

    /// <summary>What a write waits for, by state name and the state to be written, null where it is to be cleared.</summary>
    public Func<string, object?, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    public int Failures { get; private set; }

    /// <summary>Bytes of all states written.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>What its silos complained about.</summary>
    public TestLog Log { get; } = new();

    /// <summary>The state of a grain, or null.</summary>
    public T? Read<T>(string state, string key) where T : class =>
        _records.TryGetValue((state, key), out var record) ? JsonSerializer.Deserialize<T>(record.Json, Wire.State) : null;

    /// <summary>The ids of all grains that have such a state.</summary>
    public string[] Keys(string state) => [.. _records.Keys.Where(key => key.State == state).Select(key => key.Key)];

    /// <summary>Completes when a state is as awaited, now or after a later write.</summary>
    public async Task<T> WhenAsync<T>(string state, string key, Func<T, bool> condition) where T : class
    {
        var seen = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = Guid.NewGuid();
        void Look()
        {
            if (Read<T>(state, key) is { } now && condition(now))
            {
                seen.TrySetResult(now);
            }
        }

        _watches[id] = Look;
        Look();
        try
        {
            return await seen.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"State '{state}' of '{key}' did not come to be as awaited within {Patience}; stored are\n{Describe()}\nand the log ends with\n{Log.Tail}");
        }
        finally
        {
            _watches.TryRemove(id, out _);
        }
    }

    /// <summary>Completes when a grain has no such state, now or after a later write.</summary>
    public async Task GoneAsync(string state, string key)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = Guid.NewGuid();
        void Look()
        {
            if (!_records.ContainsKey((state, key)))
            {
                gone.TrySetResult();
            }
        }

        _watches[id] = Look;
        Look();
        await gone.Task.WaitAsync(Patience);
        _watches.TryRemove(id, out _);
    }

    /// <summary>Writes a state behind its grain's back, so that the grain's next write loses its race.</summary>
    public void Touch(string state, string key) => _records.AddOrUpdate(
        (state, key), _ => throw new InvalidOperationException($"There is no state '{state}' of '{key}'."), (_, record) => record with { ETag = NextETag() });

    /// <summary>Changes a state while no grain has it.</summary>
    public void Change<T>(string state, string key, Func<T, T> change) where T : class =>
        _records[(state, key)] = _records[(state, key)] with { Json = JsonSerializer.SerializeToUtf8Bytes(change(Read<T>(state, key)!), Wire.State) };

    /// <summary>Removes a state behind its grain's back, as another activation does at its end.</summary>
    public void Remove(string state, string key)
    {
        PutBack(state, key);
        _records.TryRemove((state, key), out _);
    }

    /// <summary>Makes a record unreadable, whether there was one or not.</summary>
    public void Damage(string state, string key) => _damaged[(state, key)] = 0;

    /// <summary>Puts a damaged record back as it was.</summary>
    public void PutBack(string state, string key) => _damaged.TryRemove((state, key), out _);

    /// <summary>Whether a record is damaged and nobody has written over it.</summary>
    public bool IsDamaged(string state, string key) => _damaged.ContainsKey((state, key));

    internal void Read<T>(string state, GrainId grain, IGrainState<T> into)
    {
        if (IsDamaged(state, Key(grain)))
        {
            throw StorageException.OfDamage($"State '{state}' of {grain}: {Damaged}");
        }

        var record = _records.GetValueOrDefault((state, Key(grain)));
        into.State = record is null ? default! : JsonSerializer.Deserialize<T>(record.Json, Wire.State)!;
        into.ETag = record?.ETag;
        into.RecordExists = record is not null;
    }

    internal void Write<T>(string state, GrainId grain, IGrainState<T> from, T? content, bool clears)
    {
        var key = Key(grain);
        var fails = false;
        lock (_gate)
        {
            _writes++;
            fails = (FailEvery > 0 && _writes % FailEvery == 0) || (Fails?.Invoke(state, key, content) ?? false);
            Failures += fails ? 1 : 0;
            if (!fails || FailsAfterStoring)
            {
                Store(state, key, from, content, clears, fails);
            }
        }

        foreach (var look in _watches.Values)
        {
            look();
        }

        if (fails)
        {
            throw new IOException("The test let this write fail.");
        }
    }

    private void Store<T>(string state, string key, IGrainState<T> from, T? content, bool clears, bool isSecret)
    {
        var stored = _records.GetValueOrDefault((state, key));
        if (stored?.ETag != from.ETag)
        {
            throw new InconsistentStateException($"State '{state}' of '{key}' changed.", stored?.ETag ?? "", from.ETag ?? "");
        }

        PutBack(state, key); // written over
        var eTag = NextETag();
        if (clears)
        {
            _records.TryRemove((state, key), out _);
        }
        else
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(content, Wire.State);
            BytesWritten += json.Length;
            _records[(state, key)] = new Record(eTag, json);
        }

        Stored(state, key, content);
        if (!isSecret)
        {
            from.ETag = clears ? null : eTag;
            from.RecordExists = !clears;
        }
    }

    private string Describe() => string.Join('\n', _records.Select(record => $"{record.Key.State} {record.Key.Key}: {Start(Encoding.UTF8.GetString(record.Value.Json))}").Order(StringComparer.Ordinal));

    private static string Start(string text) => text.Length <= 1200 ? text : text[..1200] + "...";

    private string NextETag() => Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture);

    private static string Key(GrainId grain) => grain.Key.ToString()!;

    private sealed record Record(string ETag, byte[] Json);
}

/// <summary>One silo's way to the store. Once cut, nothing gets through: the silo is as good as dead.</summary>
internal sealed class StoreLine(TestStore store) : IGrainStorage
{
    private volatile bool _isCut;

    public void Cut() => _isCut = true;

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Check();
        await store.Reading(stateName);
        store.Read(stateName, grainId, grainState);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var content = grainState.State; // as it is now, whatever comes while the write takes its time
        await store.Before(stateName, content);
        Check();
        store.Write(stateName, grainId, grainState, content, clears: false);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await store.Before(stateName, null);
        Check();
        store.Write(stateName, grainId, grainState, default, clears: true);
    }

    private void Check()
    {
        if (_isCut)
        {
            throw new IOException("The silo is dead to the test.");
        }
    }
}
