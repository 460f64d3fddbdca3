using System.Globalization;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;

namespace StepTool.Grains.Queue;

/// <summary>Which shard of the queue keeps a rollout: blocks of neighbouring ordinals stay together, so that a batch costs few calls.</summary>
internal static class QueueShards
{
    internal const int Block = 32;

    internal static int Of(EpisodeId rollout, int shards) =>
        (int)(StableHash.Of(rollout.Run, (ulong)(rollout.Ordinal / Block)) % (ulong)shards);

    internal static string Key(int shard) => shard.ToString(CultureInfo.InvariantCulture);
}
