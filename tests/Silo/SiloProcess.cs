using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using StepTool.Silo.Cluster;
using Xunit;

namespace StepTool.Tests.Silo;

/// <summary>A silo as a process of its own, on a free port of loopback.</summary>
internal sealed partial class SiloProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly string[] AnyPort = ["--url", "http://127.0.0.1:0"];

    private readonly Process _process;
    private readonly LineLog _lines = new();
    private readonly TaskCompletionSource<string> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _url.TrySetCanceled();
    }

    public string Url => _url.Task.Result;

    public int Id => _process.Id;

    /// <summary>All that it has written.</summary>
    public string Output => _lines.Text;

    /// <summary>The silo's program on the engine of these tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "StepTool.Silo.dll");

    public static Task<SiloProcess> StartAsync(IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments) => StartAsync(Program, environment, arguments);

    public static async Task<SiloProcess> StartAsync(string program, IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [program, .. arguments.Contains("--url") ? [] : AnyPort, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var silo = new SiloProcess(new Process { StartInfo = start });
        silo._process.Start();
        silo._process.BeginOutputReadLine();
        silo._process.BeginErrorReadLine();
        try
        {
            await silo._url.Task.WaitAsync(Patience);
            return silo;
        }
        catch (TaskCanceledException)
        {
            await silo._process.WaitForExitAsync(); // until all that it wrote has been read
            throw new InvalidOperationException($"The silo ended before it listened. It wrote:\n{silo.Output}");
        }
    }

    /// <summary>What a silo says of its cluster.</summary>
    public static async Task<ClusterDescription> DescribeAsync(string url, string apiKey = "")
    {
        using var http = new HttpClient { BaseAddress = new Uri(url), DefaultRequestHeaders = { { "X-Api-Key", apiKey } } };
        return (await http.GetFromJsonAsync("/api/cluster", ClusterJson.Default.ClusterDescription))!;
    }

    /// <summary>Address of the silo port of a cluster's only silo: its name begins with it.</summary>
    public static async Task<string> SiloPortAsync(string url, string apiKey = "") => Assert.Single((await DescribeAsync(url, apiKey)).Silos).Name.Split('@')[0];

    /// <summary>Waits until a line that it wrote holds the text.</summary>
    public Task WaitForAsync(string text) => _lines.WaitForAsync(text, Patience);

    /// <summary>Asks it to stop, as an orchestrator does, and waits for its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signal("-TERM");
        return await EndAsync();
    }

    /// <summary>Sends it a signal.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening { get; }

    private void Read(string? line)
    {
        _lines.Add(line);
        if (line is not null && Listening.Match(line) is { Success: true } match)
        {
            _url.TrySetResult(match.Groups[1].Value);
        }
    }
}
