using StepTool.Grains.Contracts;

namespace StepTool.Client.Runs;

/// <summary>The cluster's load in words.</summary>
internal static class LoadLines
{
    /// <summary>A line on the silos, where any has reported, and one on each trainer at work.</summary>
    public static IEnumerable<string> Of(ClusterLoad load)
    {
        if (!load.Silos.IsEmpty)
        {
            var silos = load.Silos.Length == 1 ? "1 silo" : $"{RunPicture.Count(load.Silos.Length)} silos";
            yield return $"{silos}: {RunPicture.Count(load.Silos.Sum(silo => silo.InFlight))} of {RunPicture.Count(load.Silos.Sum(silo => silo.Capacity))} episodes in flight, {RunPicture.Count(load.Queue.Waiting)} wait.";
        }

        foreach (var trainer in load.Trainers)
        {
            yield return $"{trainer.Policy} is trained on {trainer.Silo}, {(trainer.IsOnGpu ? "labelled gpu=true" : "since no silo is labelled gpu=true")}; {RunPicture.Count(trainer.Lag)} episodes are logged and not yet learnt.";
        }
    }
}
