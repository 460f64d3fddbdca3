using StepTool.Bench.Fleet;

namespace StepTool.Bench.Crashes;

/// <summary>What outlives silos that are killed.</summary>
/// <param name="Settings">Arguments of the silos: where state is kept, and how they find each other.</param>
/// <param name="ReleaseAsync">Gives free what a killed silo holds.</param>
/// <param name="Servers">What ends with it.</param>
internal sealed record CrashGround(IEnumerable<string> Settings, Func<Task> ReleaseAsync, params IDisposable[] Servers) : IDisposable
{
    /// <summary>For one silo, which always answers at the same URL and keeps its state in the fleet's data directory.</summary>
    internal static CrashGround Sqlite() => Alone(["--StepTool:Storage=sqlite"], () => Task.CompletedTask);

    /// <summary>For one silo, which always answers at the same URL.</summary>
    internal static CrashGround Alone(IEnumerable<string> storage, Func<Task> releaseAsync, params IDisposable[] servers) =>
        new([.. storage, $"--StepTool:Url=http://127.0.0.1:{FreePort.Next()}"], releaseAsync, servers);

    public void Dispose() => Array.ForEach(Servers, server => server.Dispose());
}
