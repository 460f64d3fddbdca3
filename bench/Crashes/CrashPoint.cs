using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using StepTool.Core.Storage;
using StepTool.Silo.Storage;

namespace StepTool.Bench.Crashes;

/// <summary>
/// The moment at which a silo kills itself: as SIGKILL does, so that nothing in it gets to know. It is a file named after the window, in a folder that all silos
/// look into: the first to come to that window takes the file away and dies, and no other does.
/// </summary>
internal sealed class CrashPoint(string folder) : IDisposable
{
    /// <summary>Setting that names the folder.</summary>
    internal const string Setting = "Crash:Folder";

    /// <summary>Makes a folder in which nothing is armed.</summary>
    internal static CrashPoint Create() => new(Directory.CreateTempSubdirectory("steptool-crash-").FullName);

    /// <summary>As an argument of a silo.</summary>
    internal string Argument => $"--{Setting}={folder}";

    /// <summary>Lets the next silo that comes to a window die in it.</summary>
    /// <param name="window">The window.</param>
    /// <param name="milliseconds">How long after it opened.</param>
    internal void Arm(CrashWindow window, int milliseconds)
    {
        var written = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllText(written, milliseconds.ToString(CultureInfo.InvariantCulture));
        File.Move(written, PathOf(window));
    }

    /// <summary>Lets no silo die in a window; false where one is about to, or has.</summary>
    internal bool TryDisarm(CrashWindow window) => TryTake(window, out _);

    /// <summary>Whether a silo that comes to a window would die.</summary>
    internal bool IsArmed(CrashWindow window) => File.Exists(PathOf(window));

    /// <summary>Dies, if this is the moment; otherwise returns at once.</summary>
    internal void Pass(CrashWindow window)
    {
        if (!TryTake(window, out var milliseconds))
        {
            return;
        }

        if (milliseconds > 0)
        {
            _ = Task.Delay(milliseconds).ContinueWith(_ => Die(), TaskScheduler.Default);
            return;
        }

        Die();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Of all who take the file away at the same time, one succeeds.
    private bool TryTake(CrashWindow window, out int milliseconds)
    {
        milliseconds = 0;
        if (!IsArmed(window))
        {
            return false;
        }

        var mine = PathOf(window) + Path.GetRandomFileName();
        try
        {
            File.Move(PathOf(window), mine, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            return false;
        }

        milliseconds = int.Parse(File.ReadAllText(mine), CultureInfo.InvariantCulture);
        return true;
    }

    private string PathOf(CrashWindow window) => Path.Combine(folder, window.ToString());

    private static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        new ManualResetEvent(false).WaitOne(); // what called goes no further, however long the signal takes
    }
}

/// <summary>Moments in the life of a task, its run and a policy between which nothing may be lost and nothing may happen twice.</summary>
internal enum CrashWindow
{
    /// <summary>None: the silo is killed from outside, at any moment.</summary>
    None,

    /// <summary>The intent of a mutating call is stored, and nothing was sent.</summary>
    IntentSaved,

    /// <summary>A mutating call was answered, and the answer is stored nowhere.</summary>
    ResultUnsaved,

    /// <summary>A step is stored.</summary>
    StepSaved,

    /// <summary>The episode has ended and its trajectory is stored, and nobody was told.</summary>
    TrajectoryStored,

    /// <summary>The transition log is about to store something: an episode, or what was learnt from.</summary>
    TransitionUnlogged,

    /// <summary>The transition log has stored something.</summary>
    TransitionLogged,

    /// <summary>A run is about to store something: an outcome, most often.</summary>
    OutcomeUnsaved,

    /// <summary>A run has stored something.</summary>
    OutcomeSaved,

    /// <summary>A task that has told its outcome is about to forget its steps.</summary>
    TaskUncleared,

    /// <summary>A shard of the queue is about to store what was enqueued or completed.</summary>
    QueueUnsaved,

    /// <summary>An update has read its trajectories, some or all, and computes.</summary>
    Updating,

    /// <summary>Some or all blobs of a new version are stored, and it is not published.</summary>
    WeightsStored,

    /// <summary>A version is about to be published.</summary>
    Unpublished,

    /// <summary>A version is published, and the trainer does not know.</summary>
    Published,
}

/// <summary>Puts a crash between a silo and its storage.</summary>
internal static class CrashServices
{
    /// <summary>Wraps the stores that are registered.</summary>
    internal static void AddCrash(this IServiceCollection services, CrashPoint point)
    {
        var state = services.Last(service => service.IsKeyedService && service.ServiceType == typeof(IGrainStorage) && (string)service.ServiceKey! == StorageServices.ProviderName);
        services.AddKeyedSingleton<IGrainStorage>(StorageServices.ProviderName, (provider, key) => new CrashingStorage((IGrainStorage)Create(provider, key, state), point));
        var blobs = services.Last(service => !service.IsKeyedService && service.ServiceType == typeof(IBlobStore));
        services.AddSingleton<IBlobStore>(provider => new CrashingBlobs((IBlobStore)Create(provider, null, blobs), point));
    }

    private static object Create(IServiceProvider provider, object? key, ServiceDescriptor service) => service switch
    {
        { IsKeyedService: true, KeyedImplementationFactory: { } make } => make(provider, key),
        { IsKeyedService: true, KeyedImplementationType: { } type } => ActivatorUtilities.CreateInstance(provider, type),
        { ImplementationFactory: { } make } => make(provider),
        { ImplementationType: { } type } => ActivatorUtilities.CreateInstance(provider, type),
        _ => throw new InvalidOperationException($"The registration of {service.ServiceType} has neither a factory nor a type."),
    };
}
