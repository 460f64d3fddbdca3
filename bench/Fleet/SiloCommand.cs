using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StepTool.Core.Tools;
using StepTool.Grains.Policies;
using StepTool.Grains.Worlds;
using StepTool.Silo.Api;
using StepTool.Silo.Hosting;

namespace StepTool.Bench.Fleet;

/// <summary>A silo as a process of its own, whose tools are the benchmark's: what the benchmarks start this program again for.</summary>
internal static class SiloCommand
{
    /// <summary>Its name on the command line.</summary>
    internal const string Name = "silo";

    /// <summary>Line that says where the silo answers, once it does.</summary>
    internal const string Ready = "ready";

    /// <summary>Line that says how many decisions were made so far.</summary>
    internal const string Steps = "steps";

    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until it is told to stop, or until whoever started it is gone.</summary>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCommandLine(arguments);
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        var work = builder.Configuration.GetSection(FleetWork.Section).Get<FleetWork>()!;
        var world = new BenchWorld(work.Tasks, work.Turns, work.Apis);
        world.Open.SetResult();
        if (work.Counter.Length > 0)
        {
            builder.Services.AddSingleton<IToolCaller>(services => new CountedCaller(services.GetRequiredService<IWorldCatalogue>(), new Uri(work.Counter)));
        }
        else
        {
            builder.Services.AddSingleton<IWorldCatalogue>(world).AddSingleton<IPolicySource>(world);
            builder.Services.AddSingleton<IToolCaller>(new SlowCaller(TimeSpan.FromMilliseconds(work.ToolMilliseconds)));
        }

        builder.AddStepToolSilo();
        await using var app = builder.Build();
        app.Urls.Add(app.Services.GetRequiredService<IOptions<SiloOptions>>().Value.Url);
        app.MapStepToolSilo();
        await app.StartAsync();
        Console.WriteLine($"{Ready} {app.Urls.First()}");
        _ = EndWithStarterAsync();
        _ = ReportAsync(world, app.Lifetime.ApplicationStopped);
        await app.WaitForShutdownAsync();
        return 0;
    }

    // The starter holds the other end of our input; when it is killed, nobody else would end us.
    private static async Task EndWithStarterAsync()
    {
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        Environment.Exit(1);
    }

    private static async Task ReportAsync(BenchWorld world, CancellationToken stopped)
    {
        var told = 0L;
        using var timer = new PeriodicTimer(ReportEvery);
        while (!stopped.IsCancellationRequested)
        {
            var steps = world.Decisions;
            if (steps != told)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Steps} {steps}"));
                told = steps;
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
