using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using StepTool.Embedded.Hosting;

namespace StepTool.Embedded.Activations;

/// <summary>One grain in memory, and its own task scheduler: whatever runs under it runs one at a time, awaits included.</summary>
/// <remarks>
/// Split by concern: this file is its face, <c>.Scheduling</c> runs its work one piece at a time, <c>.Turns</c> decides which
/// request may run beside which, <c>.Lifecycle</c> begins it and <c>.Ending</c> ends it,
/// with the timers and streams of <c>.Belongings</c>, and <c>.Idle</c> serves the clocks. Everything that is
/// mutable is used under <c>lock (_gate)</c>, which no grain code ever runs under.
/// </remarks>
internal sealed partial class Activation : TaskScheduler, IGrainContext
{
    private readonly EmbeddedEngine _engine;
    private readonly Lock _gate = new();
    private AsyncServiceScope _scope;
    private object? _grain;

    internal Activation(EmbeddedEngine engine, GrainClass grainClass, GrainId grainId)
    {
        _engine = engine;
        Class = grainClass;
        GrainId = grainId;
        _idleSince = engine.Time.GetTimestamp();
    }

    /// <summary>The activation whose scheduler the calling code runs on, or null.</summary>
    internal static new Activation? Current => TaskScheduler.Current as Activation;

    internal GrainClass Class { get; }

    public GrainId GrainId { get; }

    public object? GrainInstance => _grain;

    public IServiceProvider ActivationServices => _scope.ServiceProvider;

    internal IGrainFactory GrainFactory => _engine.Client;

    internal TimeProvider Time => _engine.Time;

    internal GrainReference Refer(Type grainInterface) => _engine.Refer(grainInterface, GrainId);

    public override string ToString() => GrainId.ToString();
}
