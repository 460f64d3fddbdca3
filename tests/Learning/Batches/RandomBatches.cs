using StepTool.Core.Chance;
using StepTool.Learning.Batches;

namespace StepTool.Tests.Learning.Batches;

/// <summary>Builds ragged batches of seeded random features.</summary>
internal static class RandomBatches
{
    public static DecisionBatch Create(ulong seed, int decisions, int candidateFeatures, int situationFeatures, int fewest = 1, int most = 6)
    {
        var random = new SeededRandom(seed);
        var builder = new DecisionBatchBuilder(candidateFeatures, situationFeatures);
        for (var decision = 0; decision < decisions; decision++)
        {
            var count = fewest + random.NextInt(most - fewest + 1);
            builder.Add(Row(random, situationFeatures), Row(random, count * candidateFeatures), random.NextInt(count));
        }

        return builder.Batch;
    }

    public static float[] Row(SeededRandom random, int length)
    {
        var row = new float[length];
        for (var index = 0; index < length; index++)
        {
            row[index] = (float)random.NextGaussian();
        }

        return row;
    }

    public static int[] All(DecisionBatch batch) => [.. Enumerable.Range(0, batch.Decisions)];
}
