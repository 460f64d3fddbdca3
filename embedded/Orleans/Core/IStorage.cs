namespace Orleans.Core;

/// <summary>A record of one grain in a store.</summary>
public interface IStorage
{
    /// <summary>The version that was last read or written; null when there is no record.</summary>
    string? Etag { get; }

    /// <summary>Whether the record exists.</summary>
    bool RecordExists { get; }

    /// <summary>Deletes the record and empties the state.</summary>
    /// <exception cref="Storage.InconsistentStateException">The record changed since it was read.</exception>
    Task ClearStateAsync();

    /// <summary>Writes the state under its version.</summary>
    /// <exception cref="Storage.InconsistentStateException">The record changed since it was read.</exception>
    Task WriteStateAsync();

    /// <summary>Reads the record, replacing the state.</summary>
    Task ReadStateAsync();
}

/// <summary>A record of one grain in a store, with its state.</summary>
public interface IStorage<TState> : IStorage
{
    /// <summary>The state. Never null: without a record it is an object made without running its constructor, so test <see cref="IStorage.RecordExists"/>.</summary>
    TState State { get; set; }
}
