using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using StepTool.Client.CommandLine;
using StepTool.Client.Connections;

namespace StepTool.Bench.Fleet;

/// <summary>One silo of a fleet, seen from outside.</summary>
internal sealed partial class SiloProcess : IDisposable
{
    private const int TerminateSignal = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _steps;
    private long _firstStep;

    private SiloProcess(string name, Process process, string log)
    {
        (Name, Log, _process) = (name, log, process);
        _ = LogAsync();
        _ = ReadAsync();
    }

    /// <summary>Its name in reports.</summary>
    internal string Name { get; }

    /// <summary>File of what it had to say.</summary>
    internal string Log { get; }

    /// <summary>Decisions made in it so far.</summary>
    internal long Steps => Volatile.Read(ref _steps);

    /// <summary>When its first decision was heard of, as a timestamp of <see cref="Stopwatch"/>; 0 before.</summary>
    internal long FirstStep => Volatile.Read(ref _firstStep);

    /// <summary>Processor time used so far, on all cores.</summary>
    internal TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Whether it has ended.</summary>
    internal bool HasExited => _process.HasExited;

    /// <summary>Starts one with the given configuration; it answers once <see cref="UrlAsync"/> is there.</summary>
    internal static SiloProcess Start(string name, IEnumerable<string> arguments, string log)
    {
        // "dotnet run" starts the program by its own file, "dotnet X.dll" by the host's.
        var program = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(program, [.. isHost ? [typeof(SiloProcess).Assembly.Location] : (string[])[], SiloCommand.Name, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new SiloProcess(name, Process.Start(start)!, log);
    }

    /// <summary>Where it answers, once it does.</summary>
    /// <exception cref="InvalidOperationException">It ended first, or took too long.</exception>
    internal async Task<Uri> UrlAsync()
    {
        try
        {
            return await _ready.Task.WaitAsync(Patience);
        }
        catch (Exception exception) when (exception is TimeoutException or EndOfStreamException)
        {
            throw new InvalidOperationException($"Silo {Name} did not start within {Patience.TotalSeconds:0} s or ended. The end of what it said: {string.Concat(await File.ReadAllLinesAsync(Log))[^1000..]}", exception);
        }
    }

    /// <summary>Connects to it as a console does.</summary>
    internal async Task<Connection> ConnectAsync(CancellationToken cancellationToken = default) => await RemoteSilo.ConnectAsync(await UrlAsync(), "", Terminal.OfProcess(), cancellationToken);

    /// <summary>Tells it to leave, as an orchestrator does, and waits until it has.</summary>
    internal async Task LeaveAsync()
    {
        _ = Signal(_process.Id, TerminateSignal);
        await _process.WaitForExitAsync();
    }

    /// <summary>Kills it: nothing in it gets to know.</summary>
    internal void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case [SiloCommand.Ready, var url]:
                    _ready.TrySetResult(new Uri(url));
                    break;
                case [SiloCommand.Steps, var steps]:
                    Volatile.Write(ref _steps, long.Parse(steps, CultureInfo.InvariantCulture));
                    _ = Interlocked.CompareExchange(ref _firstStep, Stopwatch.GetTimestamp(), 0);
                    break;
            }
        }

        _ready.TrySetException(new EndOfStreamException());
    }

    private async Task LogAsync()
    {
        await using var file = new StreamWriter(Log);
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            await file.WriteLineAsync(line);
            await file.FlushAsync();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
