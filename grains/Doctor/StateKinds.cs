using System.Collections.Immutable;
using Orleans.Storage;
using StepTool.Grains.Policies;
using StepTool.Grains.Queue;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Grains.Tools.Answers;
using StepTool.Grains.Training;
using StepTool.Grains.Transitions;
using StepTool.Grains.Worlds;

namespace StepTool.Grains.Doctor;

/// <summary>The kinds of grain state by the name under which they are stored.</summary>
public static class StateKinds
{
    private static readonly ImmutableSortedDictionary<string, Kind> Kinds = new Dictionary<string, Kind>
    {
        ["task"] = Of<TaskState>("task"),
        ["run"] = Of<RunState>("run"),
        ["run-index"] = Of<RunIndexState>("run-index"),
        ["world-index"] = Of<WorldIndexState>("world-index"),
        ["catalogue-index"] = Of<CatalogueIndexState>("catalogue-index"),
        ["rollout-queue"] = Of<QueueState>("rollout-queue"),
        ["transition-log"] = Of<TransitionLogState>("transition-log"),
        ["policy"] = Of<PolicyState>("policy"),
        ["trainer"] = Of<TrainerState>("trainer"),
        [AnswerStore.StateName] = Of<KeptAnswer>("tool-api"),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Names of states, each with the type of the grains that have it.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Grains => Kinds.Select(kind => KeyValuePair.Create(kind.Key, kind.Value.Grain));

    /// <summary>The types of states.</summary>
    internal static IEnumerable<Type> Types => Kinds.Values.Select(kind => kind.Type);

    /// <summary>Reads a record as its kind; null where no state has that name.</summary>
    /// <exception cref="Core.Storage.StorageException">It is damaged or of a newer version.</exception>
    internal static object? Read(StoredRecord record, IGrainStorageSerializer serializer) => Kinds.TryGetValue(record.State, out var kind) ? kind.Read(serializer, record.Content) : null;

    private static Kind Of<T>(string grain) where T : class => new(grain, typeof(T), static (serializer, content) => serializer.Deserialize<T>(content));

    private sealed record Kind(string Grain, Type Type, Func<IGrainStorageSerializer, BinaryData, object?> Read);
}
