using System.Collections.Concurrent;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Grains.Tasks;

namespace StepTool.Bench.Crashes;

/// <summary>The silo's own storage of grain state, in which the process dies at a moment.</summary>
internal sealed partial class CrashingStorage(IGrainStorage storage, CrashPoint point) : IGrainStorage
{
    private readonly ConcurrentDictionary<GrainId, bool> _intents = new();

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => storage.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var isIntent = grainState.State is TaskState { Episode.Pending: not null };
        var wasIntent = !isIntent && _intents.TryRemove(grainId, out _);
        switch (stateName)
        {
            case "task" when wasIntent:
                point.Pass(CrashWindow.ResultUnsaved);
                break;
            case "transition-log":
                point.Pass(CrashWindow.TransitionUnlogged);
                break;
            case "run":
                point.Pass(CrashWindow.OutcomeUnsaved);
                break;
            case "rollout-queue":
                point.Pass(CrashWindow.QueueUnsaved);
                break;
            case "policy":
                point.Pass(CrashWindow.Unpublished);
                break;
        }

        await storage.WriteStateAsync(stateName, grainId, grainState);
        if (isIntent)
        {
            _intents[grainId] = true;
        }

        switch (stateName)
        {
            case "task":
                point.Pass(isIntent ? CrashWindow.IntentSaved : CrashWindow.StepSaved);
                break;
            case "transition-log":
                point.Pass(CrashWindow.TransitionLogged);
                break;
            case "run":
                point.Pass(CrashWindow.OutcomeSaved);
                break;
            case "policy":
                point.Pass(CrashWindow.Published);
                break;
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (stateName == "task")
        {
            point.Pass(CrashWindow.TaskUncleared);
        }

        return storage.ClearStateAsync(stateName, grainId, grainState);
    }
}
