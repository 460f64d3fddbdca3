using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>A store of grain states; found as a keyed service under its name.</summary>
public interface IGrainStorage
{
    /// <summary>Reads a record into <paramref name="grainState"/>; without one, sets RecordExists to false and the ETag to null.</summary>
    Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Writes a record if its version is still that of <paramref name="grainState"/>, and sets the new version.</summary>
    /// <exception cref="InconsistentStateException">The version is another.</exception>
    Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

    /// <summary>Deletes a record if its version is still that of <paramref name="grainState"/>.</summary>
    /// <exception cref="InconsistentStateException">The version is another.</exception>
    Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
}

/// <summary>Turns states into bytes and back; one for all stores.</summary>
public interface IGrainStorageSerializer
{
    /// <summary>The bytes of a state.</summary>
    BinaryData Serialize<T>(T? input);

    /// <summary>The state of some bytes.</summary>
    T? Deserialize<T>(BinaryData input);
}
