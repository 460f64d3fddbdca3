using Microsoft.Extensions.Configuration.Memory;
using StepTool.Grains.Hosting;
using StepTool.Silo.Api;
using StepTool.Silo.Storage;

namespace StepTool.Silo.Hosting;

/// <summary>A silo as a process of its own.</summary>
public static class SiloProgram
{
    private const int Failed = 1;

    // Short names for what is set most often; every key of the sections works by its full name too, such as --StepTool:ClusterId.
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["--url"] = $"{SiloOptions.Section}:{nameof(SiloOptions.Url)}",
        ["--data-dir"] = $"{SiloOptions.Section}:{nameof(SiloOptions.DataDirectory)}",
        ["--storage"] = $"{SiloOptions.Section}:{nameof(SiloOptions.Storage)}",
        ["--api-key"] = $"{SiloOptions.Section}:{nameof(SiloOptions.ApiKey)}",
        ["--cluster-id"] = $"{SiloOptions.Section}:{nameof(SiloOptions.ClusterId)}",
        ["--max-episodes"] = $"{GrainsOptions.Section}:{nameof(GrainsOptions.MaxEpisodes)}",
    };

    // A line a request would bury what matters, and what stops a start is explained once, by this program.
    private static readonly Dictionary<string, string?> Quiet = new()
    {
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
    };

    /// <summary>Runs until the process is told to stop. Returns 0, or 1 when the silo could not start, with the reason on <paramref name="errors"/>.</summary>
    public static async Task<int> RunAsync(string[] arguments, TextWriter errors, CancellationToken cancellationToken = default)
    {
        var url = new SiloOptions().Url;
        try
        {
            await using var app = Build(arguments);
            url = app.Urls.FirstOrDefault() ?? url;
            await StartAsync(app, cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (StartFailure.Explain(exception, url) is { } explanation)
        {
            await errors.WriteLineAsync(explanation);
            return Failed;
        }
    }

    /// <summary>Starts the application, and tells whoever finds its data directory in use where it listens.</summary>
    public static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        await app.StartAsync(cancellationToken);
        app.Services.GetService<DataDirectory>()?.Announce(app.Urls.First());
    }

    /// <summary>What environment and command line say, as the silo reads it.</summary>
    internal static IConfiguration Configuration(string[] arguments) =>
        new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(arguments, Switches).Build();

    /// <summary>Builds the application without starting it.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range.</exception>
    public static WebApplication Build(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Quiet });
        builder.Configuration.AddCommandLine(arguments, Switches);
        builder.AddStepToolSilo();
        var app = builder.Build();
        app.Urls.Clear();
        app.Urls.Add(app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<SiloOptions>>().Value.Url);
        return app.MapStepToolSilo();
    }
}
