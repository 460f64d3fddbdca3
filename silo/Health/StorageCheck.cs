using Microsoft.Extensions.Diagnostics.HealthChecks;
using StepTool.Core.Storage;

namespace StepTool.Silo.Health;

/// <summary>Whether the blob store takes and gives back content.</summary>
internal sealed class StorageCheck(IBlobStore blobs) : IHealthCheck
{
    private static readonly ReadOnlyMemory<byte> Probe = "steptool health probe"u8.ToArray();

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var hash = await blobs.PutAsync(Probe, cancellationToken);
            var content = await blobs.GetAsync(hash, cancellationToken);
            return content.Span.SequenceEqual(Probe.Span) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("a stored blob came back changed");
        }
        catch (StorageException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message, exception);
        }
    }
}
