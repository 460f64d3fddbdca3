using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using StepTool.Core.Storage;
using StepTool.Silo.Cluster;
using StepTool.Silo.Engines;

namespace StepTool.Silo.Hosting;

/// <summary>Turns what stops a silo from starting into lines that its operator can act on.</summary>
public static class StartFailure
{
    /// <summary>Explains an exception; null where it is none that configuration or environment can cause.</summary>
    /// <param name="exception">What was thrown while the host was built or started.</param>
    /// <param name="options">What the silo was told.</param>
    public static string? Explain(Exception exception, SiloOptions options) => exception switch
    {
        OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures),
        StorageException storage => storage.Message,
        ClusterException cluster => cluster.Message,
        IOException { InnerException: AddressInUseException } => Occupied(options.Url),
        AddressInUseException => Occupied(options.Url),
        IOException or UnauthorizedAccessException => exception.Message,
        AggregateException { InnerException: { } first } => Explain(first, options),
        _ => Engine.Explain(exception, options),
    };

    private static string Occupied(string url) =>
        $"StepTool:Url is '{url}', where another process listens; the port must be free. Stop that process, or give another such as --url http://127.0.0.1:5081 (port 0 takes a free one).";
}
