using StepTool.Embedded.Calls;
using StepTool.Embedded.Timers;

namespace StepTool.Embedded.Activations;

internal sealed partial class Activation
{
    private List<GrainTimer>? _timers;
    private List<IGrainEnumeration>? _enumerations;

    /// <summary>Counts a timer, which is disposed when the activation ends; false when it is gone.</summary>
    internal bool Add(GrainTimer timer)
    {
        lock (_gate)
        {
            if (_phase == Phase.Gone)
            {
                return false;
            }

            (_timers ??= []).Add(timer);
            return true;
        }
    }

    internal void Remove(GrainTimer timer)
    {
        lock (_gate)
        {
            _timers?.Remove(timer);
        }
    }

    /// <summary>Counts an open stream, which is ended when the activation ends; false when it is ending already.</summary>
    internal bool Add(IGrainEnumeration enumeration)
    {
        lock (_gate)
        {
            if (_phase >= Phase.Deactivating)
            {
                return false;
            }

            (_enumerations ??= []).Add(enumeration);
            return true;
        }
    }

    internal void Remove(IGrainEnumeration enumeration)
    {
        lock (_gate)
        {
            _enumerations?.Remove(enumeration);
        }
    }

    private void DisposeTimers()
    {
        GrainTimer[] timers;
        lock (_gate)
        {
            timers = _timers?.ToArray() ?? [];
        }

        foreach (var timer in timers)
        {
            timer.Dispose();
        }
    }
}
