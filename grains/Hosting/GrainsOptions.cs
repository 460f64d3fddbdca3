namespace StepTool.Grains.Hosting;

/// <summary>How a silo runs episodes.</summary>
public sealed class GrainsOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "StepTool:Episodes";

    /// <summary>Slots for episodes on this silo; 1 to 10,000, default 48.</summary>
    public int MaxEpisodes { get; set; } = 48;

    /// <summary>Episodes that may wait for a real API on this silo without a slot, beside those that hold one; 0 to 100,000, default 192.</summary>
    public int MaxWaiting { get; set; } = 192;

    /// <summary>Shards of the queue, each of 512 rollouts; the same on every silo of a cluster; 1 to 1,024, default 8.</summary>
    public int QueueShards { get; set; } = 8;

    /// <summary>Tasks of one standing run that have not ended; a batch that would make them more is refused with a hint when to try again; the same on every silo; 1,000, the largest batch, to 10,000,000, default 200,000.</summary>
    public int MaxQueued { get; set; } = 200_000;

    /// <summary>Runs under way in the cluster, standing ones among them; the start of another is refused with a hint when to try again; the same on every silo; 1 to 10,000, default 256.</summary>
    public int MaxRuns { get; set; } = 256;

    /// <summary>How long a silo may hold a rollout without a sign of life; 1 second to 1 hour, default 1 minute.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Time-out of a tool call; 10 milliseconds to 25 seconds, so that it ends before a grain call's 30; default 20 seconds.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Threads of the learner, 0 to 256; 0 for one a core, the default.</summary>
    public int LearnerThreads { get; set; }

    /// <summary>Whether this silo plays episodes, drives runs and trains; one that does not answers what is asked of its grains, and no more.</summary>
    internal bool IsAtWork { get; set; } = true;
}
