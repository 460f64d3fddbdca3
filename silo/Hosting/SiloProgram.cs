using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Options;
using StepTool.Silo.Api;
using StepTool.Silo.Storage;

namespace StepTool.Silo.Hosting;

/// <summary>A silo as a process of its own.</summary>
public static class SiloProgram
{
    private const int Failed = 1;
    private const int UsedWrongly = 2;
    private const string Stopping = "Stopping between two steps: nothing is lost. Another signal stops at once; what then was under way is resumed from its last stored step.";

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

    /// <summary>
    /// Runs until told to stop, and drains; or writes to <paramref name="output"/> what <c>--help</c> and <c>--version</c> ask for. Returns 0, or 1 when the silo could
    /// not start, or 2 when an argument or an option is wrong, with the reason on <paramref name="errors"/>.
    /// </summary>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors, CancellationToken cancellationToken = default)
    {
        if (SiloHelp.Asked(arguments) is { } text)
        {
            await output.WriteLineAsync(text);
            return 0;
        }

        var options = new SiloOptions();
        try
        {
            await using var app = Build(arguments);
            options = app.Services.GetRequiredService<IOptions<SiloOptions>>().Value;
            await StartAsync(app, cancellationToken);
            await using var told = cancellationToken.Register(() => errors.WriteLine(Stopping));
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0; // told to stop while it started
        }
        catch (Exception exception) when (StartFailure.Explain(exception, options) is { } explanation)
        {
            await errors.WriteLineAsync(explanation);
            return exception is OptionsValidationException ? UsedWrongly : Failed;
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
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        var app = builder.Build();
        app.Urls.Clear();
        app.Urls.Add(app.Services.GetRequiredService<IOptions<SiloOptions>>().Value.Url);
        return app.MapStepToolSilo();
    }
}
