using Microsoft.Extensions.Diagnostics.HealthChecks;
using StepTool.Grains.Contracts;

namespace StepTool.Silo.Health;

/// <summary>Whether grains answer, their state included.</summary>
internal sealed class EngineCheck(IGrainFactory grains) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var runs = await grains.GetGrain<IRunIndexGrain>(IRunIndexGrain.Key).RunsAsync(cancellationToken);
            return HealthCheckResult.Healthy($"{runs.Count(run => run.IsActive)} of {runs.Length} runs active");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy(exception.Message, exception);
        }
    }
}
