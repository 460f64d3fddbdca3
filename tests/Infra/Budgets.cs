using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StepTool.Grains.Hosting;
using StepTool.Silo.Hosting;

namespace StepTool.Tests.Infra;

/// <summary>What may take how long, as the silo itself has it.</summary>
internal sealed record Budgets(TimeSpan Call, TimeSpan Drain)
{
    /// <summary>A tool call, the longest part of a step, and the draining of a silo.</summary>
    public static async Task<Budgets> ReadAsync()
    {
        await using var silo = SiloProgram.Build(["--storage", "memory", "--url", "http://127.0.0.1:0"]);
        return new Budgets(
            silo.Services.GetRequiredService<IOptions<GrainsOptions>>().Value.CallTimeout,
            silo.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }
}
