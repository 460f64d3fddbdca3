using System.Diagnostics;
using System.Globalization;

namespace StepTool.Silo.Tools.Mcp;

/// <summary>
/// Starts programs that end with the silo, however it ends. On Unix a small shell holds their process groups and waits for its input to close, which the
/// kernel does even for a silo that was killed; then it kills them.
/// </summary>
internal sealed class ChildProcesses : IDisposable
{
    private const string Shell = "/bin/sh";
    private const string NewSession = "/usr/bin/setsid";
    private const string Keeper = """
        trap '' HUP INT TERM
        exec >/dev/null 2>&1
        kept=' '
        end() { kill -s KILL -- "-$1" || kill -s KILL -- "$1"; }
        while read -r verb id; do
          case $verb in
            keep) kept="$kept$id " ;;
            end) end "$id"; kept="${kept%% $id *} ${kept#* $id }" ;;
          esac
        done
        for id in $kept; do end "$id"; done
        """;

    private readonly Lock _lock = new();
    private Process? _keeper;
    private bool _isDisposed;

    /// <summary>Starts a program.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public Process Start(ProcessStartInfo start)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _keeper ??= OperatingSystem.IsWindows() ? null : Process.Start(InSession(new ProcessStartInfo(Shell, ["-c", Keeper]) { RedirectStandardInput = true }));
            var child = Process.Start(InSession(start))!;
            Tell("keep", child.Id);
            return child;
        }
    }

    /// <summary>Kills a program that was started here, and what it started.</summary>
    public void End(Process child)
    {
        lock (_lock)
        {
            if (_keeper is not null)
            {
                Tell("end", child.Id);
            }
            else if (!child.HasExited)
            {
                child.Kill(entireProcessTree: true);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _keeper?.StandardInput.Dispose();
            _keeper?.WaitForExit();
            _keeper?.Dispose();
            _keeper = null;
        }
    }

    // A session of its own keeps a terminal's Ctrl-C from the child, so that it does not end before the silo has drained, and makes it the head of its group.
    private static ProcessStartInfo InSession(ProcessStartInfo start)
    {
        if (File.Exists(NewSession) && start.FileName != NewSession)
        {
            start.ArgumentList.Insert(0, start.FileName);
            start.FileName = NewSession;
        }

        return start;
    }

    private void Tell(string verb, int id)
    {
        try
        {
            _keeper?.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verb} {id}"));
        }
        catch (IOException)
        {
            // somebody killed the keeper: from here on the children end by their closed inputs
        }
    }
}
