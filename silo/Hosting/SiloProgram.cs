using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Options;
using StepTool.Silo.Api;
using StepTool.Silo.Storage;

namespace StepTool.Silo.Hosting;

/// <summary>A silo as a process of its own.</summary>
public static class SiloProgram
{
    private const int Failed = 1;

    // A line a request, and a stack trace for each connection that a dead silo leaves behind, would bury what matters;
    // what stops a start is explained once, by this program.
    private static readonly Dictionary<string, string?> Quiet = new()
    {
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Orleans"] = "Warning",
        ["Logging:LogLevel:Orleans.Runtime"] = "Critical",
        ["Logging:LogLevel:Polly"] = "Warning",
        ["Logging:LogLevel:ModelContextProtocol"] = "Error",
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
    };

    /// <summary>Runs until the process is told to stop. Returns 0, or 1 when the silo could not start, with the reason on <paramref name="errors"/>.</summary>
    public static async Task<int> RunAsync(string[] arguments, TextWriter errors, CancellationToken cancellationToken = default)
    {
        var options = new SiloOptions();
        try
        {
            await using var app = Build(arguments);
            options = app.Services.GetRequiredService<IOptions<SiloOptions>>().Value;
            await StartAsync(app, cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (StartFailure.Explain(exception, options) is { } explanation)
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
        new ConfigurationBuilder().AddEnvironmentVariables().AddSiloArguments(arguments).Build();

    /// <summary>Builds the application without starting it.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public static WebApplication Build(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Quiet });
        builder.Configuration.AddSiloArguments(arguments);
        builder.AddStepToolSilo();
        var app = builder.Build();
        app.Urls.Clear();
        app.Urls.Add(app.Services.GetRequiredService<IOptions<SiloOptions>>().Value.Url);
        return app.MapStepToolSilo();
    }
}
