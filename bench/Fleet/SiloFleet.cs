using System.Globalization;
using StepTool.Bench.Engines;

namespace StepTool.Bench.Fleet;

/// <summary>Silos of one cluster on this machine, each a process of its own, that join and go.</summary>
internal sealed class SiloFleet : IAsyncDisposable
{
    private readonly List<SiloProcess> _silos = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("steptool-fleet-").FullName;
    private readonly string _logs;
    private readonly string[] _common;
    private readonly int _primaryPort = FreePort.Next();

    private readonly bool _hasPrimary;

    /// <summary>A fleet of no silo yet.</summary>
    /// <param name="work">What the silos work on.</param>
    /// <param name="episodes">Episodes in flight on each.</param>
    /// <param name="hasPrimary">Whether the first silo keeps the list of silos; otherwise the settings say who does.</param>
    /// <param name="options">The benchmark's: <c>--logs DIR</c> keeps what the silos had to say.</param>
    /// <param name="settings">Further arguments of all: where state is kept.</param>
    internal SiloFleet(FleetWork work, int episodes, bool hasPrimary, BenchOptions options, params IEnumerable<string> settings)
    {
        _hasPrimary = hasPrimary;
        _logs = Directory.CreateDirectory(options.Text("logs", _directory)).FullName;
        _common = [.. work.Arguments(), "--StepTool:Url=http://127.0.0.1:0", $"--StepTool:DataDirectory={_directory}", $"--StepTool:Episodes:MaxEpisodes={episodes}", .. settings];
    }

    /// <summary>All silos ever started.</summary>
    internal IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>The silos that run, as far as known.</summary>
    internal IEnumerable<SiloProcess> Alive => _silos.Where(silo => !silo.HasExited);

    /// <summary>Decisions made by all of them so far.</summary>
    internal long Steps => _silos.Sum(silo => silo.Steps);

    /// <summary>Starts one more silo, which joins the others.</summary>
    internal SiloProcess Add()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"silo-{_silos.Count + 1}");
        var clustering = _hasPrimary ? BenchEngine.Clustering(_primaryPort, isFirst: _silos.Count == 0) : [];
        var silo = SiloProcess.Start(name, [.. _common, .. clustering], Path.Combine(_logs, $"{name}.log"));
        _silos.Add(silo);
        return silo;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            silo.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
