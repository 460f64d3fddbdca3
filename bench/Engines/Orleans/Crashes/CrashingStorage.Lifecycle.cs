using Orleans.Runtime;

namespace StepTool.Bench.Crashes;

/// <content>Orleans' own providers begin with the silo.</content>
internal sealed partial class CrashingStorage : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => (storage as ILifecycleParticipant<ISiloLifecycle>)?.Participate(lifecycle);
}
