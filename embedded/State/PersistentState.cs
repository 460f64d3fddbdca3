using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace StepTool.Embedded.State;

/// <summary>A named state of one activation, on its store.</summary>
internal sealed class PersistentState<T>(IGrainStorage storage, string name, GrainId grainId) : IPersistentState<T>
{
    private readonly GrainState<T> _record = new(Empty());

    public T State
    {
        get => _record.State!;
        set => _record.State = value;
    }

    public string? Etag => _record.ETag;

    public bool RecordExists => _record.RecordExists;

    public async Task ReadStateAsync()
    {
        try
        {
            await storage.ReadStateAsync(name, grainId, _record);
        }
        catch (Exception exception) when (IsForeign(exception))
        {
            throw Wrapped(exception, "read");
        }

        if (!_record.RecordExists || _record.State is null)
        {
            _record.State = Empty();
        }
    }

    public async Task WriteStateAsync()
    {
        try
        {
            await storage.WriteStateAsync(name, grainId, _record);
        }
        catch (Exception exception) when (IsForeign(exception))
        {
            throw Wrapped(exception, "written");
        }
    }

    public async Task ClearStateAsync()
    {
        try
        {
            await storage.ClearStateAsync(name, grainId, _record);
        }
        catch (Exception exception) when (IsForeign(exception))
        {
            throw Wrapped(exception, "cleared");
        }

        _record.RecordExists = false;
        _record.State = Empty();
    }

    /// <summary>As on Orleans: an object whose constructor has not run, so that nobody takes it for a record.</summary>
    private static T Empty() =>
        typeof(T) is { IsValueType: false, IsAbstract: false, IsArray: false } type && type != typeof(string) ? (T)RuntimeHelpers.GetUninitializedObject(type) : default!;

    private static bool IsForeign(Exception exception) => exception is not (OrleansException or OperationCanceledException);

    // A store that names the record has said it all.
    private OrleansException Wrapped(Exception exception, string done) => new(
        exception.Message.StartsWith($"State '{name}' of {grainId}", StringComparison.Ordinal)
            ? exception.Message
            : $"State '{name}' of {grainId} could not be {done} by {storage.GetType().Name}: {exception.Message}",
        exception);
}
