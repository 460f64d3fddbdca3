using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Orleans.Storage;
using StepTool.Core.Episodes;
using StepTool.Core.Storage;
using StepTool.Grains.Policies;
using StepTool.Grains.Runs;
using StepTool.Grains.State;
using StepTool.Grains.Tasks;
using StepTool.Grains.Transitions;

namespace StepTool.Grains.Doctor;

/// <summary>
/// One look at a store: every record is read as its kind, every blob against its hash, and then what they say of each other: chains of versions, ordinals that
/// were consumed, outcomes and their trajectories, and what nobody refers to.
/// </summary>
public sealed partial class Examination(IStoredContent store, IGrainStorageSerializer serializer)
{
    private readonly ImmutableArray<Finding>.Builder _faults = ImmutableArray.CreateBuilder<Finding>();
    private readonly ImmutableArray<Finding>.Builder _notes = ImmutableArray.CreateBuilder<Finding>();
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _blobs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    private readonly Dictionary<(string State, string Key), object> _states = [];

    /// <summary>Looks at everything once.</summary>
    /// <exception cref="StorageException">The store cannot be read at all.</exception>
    public async Task<Diagnosis> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var fault in await store.CheckAsync(cancellationToken))
        {
            Fault(store.Place, fault);
        }

        await ReadRecordsAsync(cancellationToken);
        await ReadBlobsAsync(cancellationToken);
        foreach (var (key, policy) in All<PolicyState>("policy"))
        {
            CheckPolicy(key, policy);
        }

        foreach (var (key, log) in All<TransitionLogState>("transition-log"))
        {
            await CheckLogAsync(key, log, cancellationToken);
        }

        foreach (var (key, run) in All<RunState>("run"))
        {
            await CheckRunAsync(key, run, cancellationToken);
        }

        CheckTasks();
        CheckQueue();
        CountOrphans();
        return new Diagnosis(store.Place, _faults.Count == 0, _counts.ToImmutableSortedDictionary(StringComparer.Ordinal), _faults.ToImmutable(), _notes.ToImmutable());
    }

    private async Task ReadRecordsAsync(CancellationToken cancellationToken)
    {
        await foreach (var record in Reading(store.RecordsAsync(cancellationToken), cancellationToken))
        {
            try
            {
                if (StateKinds.Read(record, serializer) is { } state)
                {
                    _states[(record.State, record.Key)] = state;
                    Count($"records: {record.State}");
                }
                else
                {
                    Note($"record '{string.Join('/', new[] { record.State, record.Key }.Where(part => part.Length > 0))}'", "is of no known kind; no grain reads it.");
                }
            }
            catch (StorageException exception)
            {
                Fault($"{record.State} '{record.Key}'", exception.Message);
                _broken.Add($"{record.State}/{record.Key}");
            }
        }
    }

    private async Task ReadBlobsAsync(CancellationToken cancellationToken)
    {
        await foreach (var blob in Reading(store.BlobsAsync(cancellationToken), cancellationToken))
        {
            _blobs[blob.Hash] = blob.Bytes;
            Count("blobs");
            Count("blob bytes", blob.Bytes);
            try
            {
                await store.ReadAsync(blob.Hash, cancellationToken);
            }
            catch (StorageException exception)
            {
                Fault($"blob {blob.Hash}", exception.Message);
                _broken.Add(blob.Hash);
            }
        }
    }

    // A store that breaks in the middle is looked at as far as it goes.
    private async IAsyncEnumerable<T> Reading<T>(IAsyncEnumerable<T> all, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var one = all.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await one.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (StorageException exception)
            {
                Fault(store.Place, $"it cannot be read to its end: {exception.Message}");
                yield break;
            }

            yield return one.Current;
        }
    }

    private async Task<Episode?> EpisodeAsync(string trajectory, string where, CancellationToken cancellationToken)
    {
        if (!Use(trajectory, where))
        {
            return null;
        }

        try
        {
            return EpisodeCodec.Decode(await store.ReadAsync(trajectory, cancellationToken));
        }
        catch (StorageException exception)
        {
            Fault(where, exception.Message);
            return null;
        }
    }

    private async Task<T?> ReadAsync<T>(string blob, JsonBlob<T> form, string where, CancellationToken cancellationToken)
    {
        if (!Use(blob, where))
        {
            return default;
        }

        try
        {
            return form.Decode(await store.ReadAsync(blob, cancellationToken));
        }
        catch (StorageException exception)
        {
            Fault(where, $"blob {blob} cannot be read: {exception.Message}");
            _broken.Add(blob);
            return default;
        }
    }

    /// <summary>Notes that a blob is referred to. False where it cannot be read.</summary>
    private bool Use(string blob, string where)
    {
        _used.Add(blob);
        if (!_blobs.ContainsKey(blob))
        {
            Fault(where, $"blob {blob} is missing. Put back a copy of the data.");
            _broken.Add(blob);
        }
        else if (_broken.Contains(blob))
        {
            Fault(where, $"blob {blob} is corrupt, see above.");
        }

        return !_broken.Contains(blob);
    }

    private IEnumerable<(string Key, T State)> All<T>(string state) where T : class =>
        _states.Where(one => one.Key.State == state).OrderBy(one => one.Key.Key, StringComparer.Ordinal).Select(one => (one.Key.Key, (T)one.Value));

    private T? State<T>(string state, string key) where T : class => (T?)_states.GetValueOrDefault((state, key));

    private void Count(string what, long number = 1) => _counts[what] = _counts.GetValueOrDefault(what) + number;

    private void Fault(string where, string what) => _faults.Add(new Finding(where, what));

    private void Note(string where, string what) => _notes.Add(new Finding(where, what));
}
