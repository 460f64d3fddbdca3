using Orleans.Runtime;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>Names of the blobs that hold grain states: <c>{stateName}-{grainType}/{key}.json</c>, as Orleans' own provider names them.</summary>
internal static class AzureStateName
{
    private const int LongestName = 1024;

    /// <summary>The name of a state's blob.</summary>
    /// <exception cref="StorageException">The service would store the state under another name, where it could meet the state of another grain.</exception>
    public static string Of(string stateName, GrainId grainId)
    {
        Check(grainId);
        var name = $"{stateName}-{grainId}.json";
        return name.Length <= LongestName
            ? name
            : throw new StorageException($"State '{stateName}' of a grain of type {grainId.Type} has a name of {name.Length} characters; a blob's name has at most {LongestName}. Use a shorter key.");
    }

    /// <summary>Refuses keys that do not keep their form in an address: a backslash becomes a slash, and parts '.' and '..' are resolved.</summary>
    /// <exception cref="StorageException">The key is one of these.</exception>
    public static void Check(GrainId grainId)
    {
        var key = grainId.Key.ToString()!;
        if (key.Any(character => character == '\\' || char.IsControl(character)) || key.Split('/').Any(part => part is "." or ".."))
        {
            throw new StorageException(
                $"The key of {grainId} cannot name a blob; it must hold no backslash, no control character, and no part '.' or '..'. Use another key, or keep its state with StepTool:Storage sqlite.");
        }
    }
}
