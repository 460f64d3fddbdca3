using System.Collections.Immutable;
using StepTool.Bench.Fleet;
using StepTool.Bench.Servers;
using StepTool.Core.Runs;
using StepTool.Core.Worlds;

namespace StepTool.Bench.Engines.Elastic;

/// <summary>
/// One silo under more tasks than it can take; others join, one leaves, one is killed, and the throughput is watched. State is in Azure storage, so that
/// it survives the silos; the first silo stays, since it keeps the list of silos.
/// </summary>
internal static class ElasticSuite
{
    private const string Run = "elastic";
    private const double Full = 0.9;
    private const double Lasting = 3;
    private static readonly string Picture = Path.Combine("docs", "images", "elasticity.svg");

    /// <summary>Measures.</summary>
    internal static async Task<Measured> MeasureAsync(BenchOptions options)
    {
        var gap = options.Number("gap", 15);
        var work = new FleetWork { ToolMilliseconds = options.Number("tool-ms", 80) };
        using var azurite = await Azurite.StartAsync();
        await using var fleet = new SiloFleet(work, options.Number("episodes", 6), hasPrimary: true, options, azurite.Storage);
        var first = fleet.Add();
        await using var connection = await first.ConnectAsync();
        var stage = new EvaluateStage { Name = Run, Policy = PolicyReference.Parse("floor:random"), Split = Split.Test };
        await connection.Run(Run).StartAsync(new RunPlan { Run = Run, World = "bench", Stages = [stage] });
        await Task.Delay(TimeSpan.FromSeconds(gap / 2.0));

        await using var timeline = new Timeline(fleet);
        timeline.Begin();
        var figures = ImmutableArray.CreateBuilder<Figure>();
        var time = (double)gap;
        await timeline.UntilAsync(time);
        var second = await JoinAsync(fleet, timeline, figures, time += gap);
        var third = await JoinAsync(fleet, timeline, figures, time += gap);

        var leaving = timeline.Note("leaves", second);
        await second.LeaveAsync();
        figures.Add(new($"seconds from SIGTERM to the end of {second.Name}", timeline.Now - leaving.Seconds, "< 10"));
        await timeline.UntilAsync(time += gap);
        figures.Add(new("share of throughput left to the others when one has left", Share(timeline, [first.Name, third.Name], leaving.Seconds, gap), "> 0.90"));

        var fourth = await JoinAsync(fleet, timeline, figures, time += gap);
        var killed = timeline.Note("is killed", third);
        third.Kill();
        await timeline.UntilAsync(time + (2 * gap));
        figures.Add(new("seconds from SIGKILL to full throughput of the others", Recovery(timeline, [first.Name, fourth.Name], killed.Seconds, gap), "< 15"));

        Directory.CreateDirectory(Path.GetDirectoryName(Picture)!);
        await File.WriteAllTextAsync(Picture, ElasticityChart.Draw(timeline));
        return new Measured(figures.ToImmutable(), new { timeline.Marks, timeline.Samples });
    }

    private static async Task<SiloProcess> JoinAsync(SiloFleet fleet, Timeline timeline, ImmutableArray<Figure>.Builder figures, double until)
    {
        var silo = fleet.Add();
        var started = timeline.Note("joins", silo);
        await silo.UrlAsync();
        var ready = timeline.Now;
        await timeline.UntilAsync(until);
        var step = silo.FirstStep == 0 ? double.PositiveInfinity : timeline.At(silo.FirstStep);
        figures.Add(new($"seconds from the start of {silo.Name}'s process to its first step", step - started.Seconds));
        figures.Add(new($"of these, from its readiness to its first step", step - ready, "< 5"));
        return silo;
    }

    private static double Share(Timeline timeline, string[] silos, double since, double gap) =>
        timeline.Rate(silos, since + (gap / 2), since + gap) / timeline.Rate(silos, since - (gap / 2), since);

    // The first moment after which the others do, over three seconds, what they did before.
    private static double Recovery(Timeline timeline, string[] silos, double since, double gap)
    {
        var before = timeline.Rate(silos, since - (gap / 2), since);
        var recovered = timeline.Samples.FirstOrDefault(sample => sample.Seconds > since && timeline.Rate(silos, sample.Seconds, sample.Seconds + Lasting) >= Full * before);
        return recovered is null ? double.PositiveInfinity : recovered.Seconds - since;
    }
}
