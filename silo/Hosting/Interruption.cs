using System.Runtime.InteropServices;

namespace StepTool.Silo.Hosting;

/// <summary>Ctrl-C and termination: the first asks the process to stop between two steps, the second ends it at once. Either way nothing that was stored is lost.</summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>Exit code of a process that was ended at once.</summary>
    internal const int AtOnce = 130;

    private readonly CancellationTokenSource _source = new();
    private int _taken;
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Listens to the process's signals.</summary>
    public Interruption()
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, Take));
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _taken) > 1)
        {
            Environment.Exit(AtOnce);
        }

        context.Cancel = true;
        _source.Cancel();
    }
}
