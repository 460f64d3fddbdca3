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
    private const int Killed = 128 + 9; // exit code of what ended by SIGKILL
    private const int MostSaid = 4000;
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly TextWriter _log;
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _steps;
    private long _firstStep;

    private SiloProcess(string name, Process process, string log)
    {
        (Name, Log, _process, _log) = (name, log, process, TextWriter.Synchronized(new StreamWriter(log)));
        _ = FollowAsync();
    }

    /// <summary>Its name in reports.</summary>
    internal string Name { get; }

    /// <summary>File of what it had to say.</summary>
    internal string Log { get; }

    /// <summary>The end of what it had to say.</summary>
    internal string Said
    {
        get
        {
            using var reader = new StreamReader(new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            var text = reader.ReadToEnd();
            return text[Math.Max(0, text.Length - MostSaid)..];
        }
    }

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

    /// <summary>Bytes of it that are in memory.</summary>
    internal long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The most that <see cref="Memory"/> ever was.</summary>
    internal long PeakMemory
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Whether it has ended.</summary>
    internal bool HasExited => _process.HasExited;

    /// <summary>Whether it has ended otherwise than by being killed.</summary>
    internal bool HasFailed => _process.HasExited && _process.ExitCode != Killed;

    /// <summary>Completes when it has ended.</summary>
    internal Task Ended => _process.WaitForExitAsync();

    /// <summary>Starts one with the given configuration; it answers once <see cref="UrlAsync"/> is there.</summary>
    internal static SiloProcess Start(string name, IEnumerable<string> arguments, string log)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "StepTool.Silo.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[SiloHook.Variable] = typeof(SiloProcess).Assembly.Location;
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
            throw new InvalidOperationException($"Silo {Name} did not start within {Patience.TotalSeconds:0} s or ended. What it said is in {Log}:\n{Said}", exception);
        }
    }

    /// <summary>Connects to it as a console does.</summary>
    internal async Task<Connection> ConnectAsync(CancellationToken cancellationToken = default) => await RemoteSilo.ConnectAsync(await UrlAsync(), "", Terminal.OfProcess(), cancellationToken);

    /// <summary>Tells it to leave, as an orchestrator does, waits until it has, and returns its exit code.</summary>
    internal async Task<int> LeaveAsync()
    {
        _ = Signal(_process.Id, TerminateSignal);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
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

    private async Task FollowAsync()
    {
        await Task.WhenAll(ReadAsync(), ReadErrorsAsync());
        await _log.DisposeAsync();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(SiloHook.Steps, StringComparison.Ordinal))
            {
                Volatile.Write(ref _steps, long.Parse(line[(SiloHook.Steps.Length + 1)..], CultureInfo.InvariantCulture));
                _ = Interlocked.CompareExchange(ref _firstStep, Stopwatch.GetTimestamp(), 0);
                continue;
            }

            await WriteAsync(line);
            if (line.Contains(Listening, StringComparison.Ordinal))
            {
                _ready.TrySetResult(new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()));
            }
        }

        _ready.TrySetException(new EndOfStreamException());
        _ = _ready.Task.Exception; // nobody need have asked
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            await WriteAsync(line);
        }
    }

    private async Task WriteAsync(string line)
    {
        await _log.WriteLineAsync(line);
        await _log.FlushAsync();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
