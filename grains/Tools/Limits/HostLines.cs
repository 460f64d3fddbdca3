using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StepTool.Grains.Hosting;

namespace StepTool.Grains.Tools.Limits;

/// <summary>This silo's ways to all hosts. One a silo.</summary>
internal sealed class HostLines(IGrainFactory grains, SiloName silo, TimeProvider time, IOptions<ToolsOptions> options, ILogger<HostLine> logger) : IDisposable
{
    private readonly SteadyTime _steady = new(time);
    private readonly ConcurrentDictionary<string, Lazy<HostLine>> _lines = new(StringComparer.Ordinal);

    /// <summary>The way to a host.</summary>
    internal HostLine To(string host) => _lines.GetOrAdd(host, name => new Lazy<HostLine>(() => new HostLine(name, grains, silo.Name, _steady, options.Value, logger))).Value;

    public void Dispose()
    {
        foreach (var line in _lines.Values)
        {
            line.Value.Dispose();
        }
    }
}
