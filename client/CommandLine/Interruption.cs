using System.Runtime.InteropServices;

namespace StepTool.Client.CommandLine;

/// <summary>Ctrl-C and termination: the first asks the command to stop between two steps, the second ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private const int Interrupted = 130;

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Listens to the process's signals.</summary>
    public Interruption()
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
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
        if (_source.IsCancellationRequested)
        {
            Environment.Exit(Interrupted); // state is written step by step, so that even this loses nothing but time
        }

        context.Cancel = true;
        _source.Cancel();
    }
}
