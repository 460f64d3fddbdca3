using System.ComponentModel.DataAnnotations;

namespace StepTool.Grains.Hosting;

/// <summary>How a silo runs episodes.</summary>
public sealed class GrainsOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "StepTool:Episodes";

    /// <summary>Episodes in flight on this silo at most; 1 to 10,000, default 48.</summary>
    [Range(1, 10_000)]
    public int MaxEpisodes { get; set; } = 48;

    /// <summary>Shards of the queue, each of 512 rollouts; the same on every silo of a cluster; 1 to 1,024, default 8.</summary>
    [Range(1, 1024)]
    public int QueueShards { get; set; } = 8;

    /// <summary>How long a silo may hold a rollout without a sign of life; 1 second to 1 hour, default 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Time-out of a tool call; shorter than the response time-out of grain calls; default 20 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Threads of the learner; 0 for one a core.</summary>
    [Range(0, 256)]
    public int LearnerThreads { get; set; }
}
