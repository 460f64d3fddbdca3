using StepTool.Learning.Batches;
using Xunit;

namespace StepTool.Tests.Learning.Batches;

[Trait("Kind", "Unit")]
public sealed class DecisionBatchBuilderTests
{
    [Fact]
    public void Add_RaggedDecisions_KeepsRowsOffsetsAndChoices()
    {
        var builder = new DecisionBatchBuilder(2, 1);
        builder.Add([7], [1, 2, 3, 4], 1);
        builder.Add([8], [5, 6], 0);

        Assert.Equal([0, 2, 3], builder.Batch.Offsets.ToArray());
        Assert.Equal([1f, 2, 3, 4, 5, 6], builder.Batch.CandidateFeatures.ToArray());
        Assert.Equal([7f, 8], builder.Batch.SituationFeatures.ToArray());
        Assert.Equal([1, 0], builder.Batch.Chosen.ToArray());
    }

    [Fact]
    public void Add_RefilledAfterClear_AllocatesNothing()
    {
        var builder = new DecisionBatchBuilder(2, 1);
        Fill(builder);
        var before = GC.GetAllocatedBytesForCurrentThread();
        builder.Clear();
        Fill(builder);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(100, builder.Batch.Decisions);
    }

    [Theory]
    [InlineData(2, 2, 0, "A situation has [2] features, the batch expects [1]")]
    [InlineData(1, 3, 0, "Candidates hold [3] numbers, expected a positive multiple of [2]")]
    [InlineData(1, 0, 0, "Candidates hold [0] numbers")]
    [InlineData(1, 4, 2, "Candidate 2 was chosen, but the decision has candidates 0 to 1")]
    [InlineData(1, 4, -1, "Candidate -1 was chosen")]
    public void Add_WrongShape_NamesFoundAndExpected(int situation, int candidates, int chosen, string expected)
    {
        var builder = new DecisionBatchBuilder(2, 1);

        var exception = Assert.ThrowsAny<ArgumentException>(() => builder.Add(new float[situation], new float[candidates], chosen));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, builder.Batch.Decisions);
    }

    [Theory]
    [InlineData(new float[] { }, new float[] { }, "at least 1")]
    [InlineData(new float[] { 1 }, new float[] { -1, -1 }, "Rewards are [1] and log-probabilities [2]")]
    [InlineData(new float[] { float.NaN }, new float[] { -1 }, "The reward of step 0 is NaN")]
    [InlineData(new float[] { 1 }, new float[] { 0.5f }, "The log-probability of step 0 is 0.5")]
    public void TrainingEpisode_WrongNumbers_NamesStepAndRule(float[] rewards, float[] logProbabilities, string expected)
    {
        var exception = Assert.ThrowsAny<ArgumentException>(() => new TrainingEpisode(0, rewards, logProbabilities));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    private static void Fill(DecisionBatchBuilder builder)
    {
        Span<float> rows = stackalloc float[8];
        for (var decision = 0; decision < 100; decision++)
        {
            builder.Add(rows[..1], rows, 3);
        }
    }
}
