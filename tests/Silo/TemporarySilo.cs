using Microsoft.AspNetCore.Builder;
using StepTool.Silo.Hosting;

namespace StepTool.Tests.Silo;

/// <summary>A real silo on a free port of loopback, over a folder of its own that ends with it.</summary>
internal sealed class TemporarySilo : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TemporarySilo(WebApplication app, TemporaryFolder folder) => (_app, Folder) = (app, folder);

    public TemporaryFolder Folder { get; }

    public string Url => _app.Urls.First();

    public HttpClient Http => new() { BaseAddress = new Uri(Url) };

    public static async Task<TemporarySilo> StartAsync(params string[] arguments)
    {
        var folder = new TemporaryFolder();
        var app = SiloProgram.Build(["--url", "http://127.0.0.1:0", "--data-dir", folder.Of("data"), "--Logging:LogLevel:Default", "Warning", .. arguments]);
        await SiloProgram.StartAsync(app, CancellationToken.None);
        return new TemporarySilo(app, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Folder.Dispose();
    }
}

/// <summary>A folder that ends with its test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("steptool-").FullName;

    public string Of(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
