using System.Diagnostics;
using StepTool.Tests.Silo;

namespace StepTool.Tests.EndToEnd;

/// <summary>The console as a process of its own.</summary>
internal sealed class ConsoleProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly LineLog _output = new();
    private readonly LineLog _errors = new();

    private ConsoleProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => _errors.Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static ConsoleProcess Start(string directory, params string[] arguments) => Start(directory, [], arguments);

    public static ConsoleProcess Start(string directory, IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "steptool.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ConsoleProcess(Process.Start(start)!);
    }

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string directory, params string[] arguments)
    {
        using var process = Start(directory, arguments);
        return await process.EndAsync();
    }

    /// <summary>Waits until a line of its output holds the text.</summary>
    public Task WaitForAsync(string text) => _output.WaitForAsync(text, Patience);

    /// <summary>Waits until a line of what it complained about holds the text.</summary>
    public Task ComplainsAsync(string text) => _errors.WaitForAsync(text, Patience);

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Signal("-INT");

    /// <summary>Two signals while it stands still: it takes them in one moment, however slow the sender is.</summary>
    public void InterruptTwice()
    {
        foreach (var signal in new[] { "-STOP", "-INT", "-TERM", "-CONT" })
        {
            Signal(signal);
        }
    }

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return (_process.ExitCode, _output.Text, _errors.Text);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
