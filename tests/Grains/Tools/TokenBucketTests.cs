using StepTool.Grains.Tools.Limits;
using Xunit;

namespace StepTool.Tests.Grains.Tools;

[Trait("Kind", "Unit")]
public sealed class TokenBucketTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Take_BeyondTheBurst_WaitsOneIntervalEach()
    {
        var bucket = new TokenBucket(2, 3);
        var waits = new List<double>();
        for (var take = 0; take < 5; take++)
        {
            waits.Add(bucket.Wait(Start).TotalSeconds);
            bucket.Take(Start);
        }

        Assert.Equal([0, 0, 0, 0.5, 1], waits);
        Assert.Equal(TimeSpan.Zero, bucket.Wait(Start.AddSeconds(1.5)));
    }

    [Fact]
    public void TakeUpTo_GivesWhatIsThereAndRefillsNoFurtherThanTheBurst()
    {
        var bucket = new TokenBucket(10, 5);
        Assert.Equal(5, bucket.TakeUpTo(100, Start));
        Assert.Equal(0, bucket.TakeUpTo(1, Start));
        Assert.Equal(2, bucket.TakeUpTo(100, Start.AddSeconds(0.25)));
        Assert.Equal(5, bucket.TakeUpTo(100, Start.AddHours(1)));
    }

    [Fact]
    public void NoLimit_NeverWaits()
    {
        var bucket = new TokenBucket(0, 1);
        bucket.Take(Start);
        Assert.Equal((TimeSpan.Zero, 1000), (bucket.Wait(Start), bucket.TakeUpTo(1000, Start)));
    }
}
