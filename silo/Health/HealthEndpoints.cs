using System.Text;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StepTool.Silo.Health;

/// <summary>Whether the process lives, and whether it can work.</summary>
internal static class HealthEndpoints
{
    /// <summary>Answers 200 when engine and storage work, 503 with the reason when not.</summary>
    public const string Health = "/health";

    /// <summary>Answers 200 as long as the process answers at all.</summary>
    public const string Alive = "/alive";

    /// <summary>Registers the checks.</summary>
    public static IServiceCollection AddSiloHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<EngineCheck>("engine").AddCheck<StorageCheck>("storage");
        return services;
    }

    /// <summary>Maps both paths.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks(Health, new HealthCheckOptions { ResponseWriter = WriteAsync });
        app.MapHealthChecks(Alive, new HealthCheckOptions { Predicate = _ => false });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var text = new StringBuilder();
        foreach (var (name, entry) in report.Entries)
        {
            text.Append(name).Append(": ").Append(entry.Status).Append(entry.Description is { Length: > 0 } why ? $", {why}" : "").Append('\n');
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }
}
