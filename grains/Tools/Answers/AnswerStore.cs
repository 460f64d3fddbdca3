using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Grains.State;

namespace StepTool.Grains.Tools.Answers;

/// <summary>Kept answers in grain storage, each a record of its own, so that one costs the same among five as among five thousand.</summary>
internal sealed class AnswerStore([FromKeyedServices(StateStore.Name)] IGrainStorage storage)
{
    /// <summary>Name of the state.</summary>
    internal const string StateName = "tool-answer";

    private static readonly GrainType Owner = GrainType.Create("tool-api");

    /// <summary>Reads a record, whether there is one or not.</summary>
    internal async Task<IGrainState<KeptAnswer>> ReadAsync(AnswerKey key)
    {
        var state = new GrainState<KeptAnswer>();
        await storage.ReadStateAsync(StateName, GrainId.Create(Owner, key.Stored), state);
        return state;
    }

    /// <summary>Writes a record over the one that was read.</summary>
    /// <exception cref="InconsistentStateException">Another activation wrote it meanwhile.</exception>
    internal Task WriteAsync(AnswerKey key, IGrainState<KeptAnswer> read, KeptAnswer answer)
    {
        read.State = answer;
        return storage.WriteStateAsync(StateName, GrainId.Create(Owner, key.Stored), read);
    }
}
