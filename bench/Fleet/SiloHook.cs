using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StepTool.Bench.Crashes;
using StepTool.Core.Tools;
using StepTool.Grains.Policies;
using StepTool.Grains.Worlds;

namespace StepTool.Bench.Fleet;

/// <summary>
/// What makes the silo's own program, unchanged, a silo of a benchmark: it is loaded before the program starts and, where the host is built, adds the
/// benchmark's tools and the moments at which the process may have to kill itself.
/// </summary>
internal static class SiloHook
{
    /// <summary>Variable by which .NET loads an assembly before a program starts.</summary>
    internal const string Variable = "DOTNET_STARTUP_HOOKS";

    /// <summary>Line that says how many decisions were made so far.</summary>
    internal const string Steps = "steps";

    private const string Hosting = "Microsoft.Extensions.Hosting";
    private const string Building = "HostBuilding";

    /// <summary>Waits for the program to build its host, and ends the process when whoever started it is gone.</summary>
    internal static void Attach()
    {
        Environment.SetEnvironmentVariable(Variable, null); // it is for this process, not for those it starts
        _ = DiagnosticListener.AllListeners.Subscribe(new Observer<DiagnosticListener>(listener =>
        {
            if (listener.Name == Hosting)
            {
                _ = listener.Subscribe(new Observer<KeyValuePair<string, object?>>(said =>
                {
                    if (said is { Key: Building, Value: IHostBuilder host })
                    {
                        host.ConfigureServices((context, services) => Add(context.Configuration, services));
                    }
                }));
            }
        }));
        AssemblyLoadContext.Default.Resolving += Beside;
        _ = EndWithStarterAsync();
    }

    // What this assembly refers to and the silo does not is here, and no part of what the program knows.
    private static Assembly? Beside(AssemblyLoadContext context, AssemblyName name) =>
        Path.Combine(AppContext.BaseDirectory, $"{name.Name}.dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;

    private static void Add(IConfiguration configuration, IServiceCollection services)
    {
        var work = configuration.GetSection(FleetWork.Section).Get<FleetWork>() ?? new FleetWork();
        if (work.Counter.Length > 0)
        {
            services.AddSingleton<IToolCaller>(provider => new CountedCaller(provider.GetRequiredService<IWorldCatalogue>(), new Uri(work.Counter)));
        }
        else
        {
            var world = new BenchWorld(work.Tasks, work.Turns, work.Apis);
            world.Open.SetResult();
            services.AddSingleton<IWorldCatalogue>(world).AddSingleton<IPolicySource>(world).AddSingleton<IToolCaller>(new SlowCaller(TimeSpan.FromMilliseconds(work.ToolMilliseconds)));
            services.AddHostedService(_ => new StepReport(world));
        }

        if (configuration[CrashPoint.Setting] is { } folder)
        {
            services.AddCrash(new CrashPoint(folder));
        }
    }

    // The starter holds the other end of our input; when it is killed, nobody else would end us.
    private static async Task EndWithStarterAsync()
    {
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        Environment.Exit(1);
    }

    private sealed class Observer<T>(Action<T> next) : IObserver<T>
    {
        public void OnNext(T value) => next(value);

        public void OnError(Exception error)
        {
        }

        public void OnCompleted()
        {
        }
    }

    private sealed class StepReport(BenchWorld world) : BackgroundService
    {
        private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(20);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            var told = 0L;
            using var timer = new PeriodicTimer(Every);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (world.Decisions is var steps && steps != told)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Steps} {steps}"));
                    told = steps;
                }
            }
        }
    }
}
