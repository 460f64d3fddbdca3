namespace StepTool.Silo.Hosting;

/// <summary>A host that ends when its caller ends it: signals are the caller's, see <see cref="Interruption"/>.</summary>
internal sealed class CallersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
