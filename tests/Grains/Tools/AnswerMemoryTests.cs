using Microsoft.Extensions.Options;
using StepTool.Core.Tools;
using StepTool.Grains.Hosting;
using StepTool.Grains.Tools.Answers;
using Xunit;

namespace StepTool.Tests.Grains.Tools;

[Trait("Kind", "Unit")]
public sealed class AnswerMemoryTests
{
    private readonly AnswerMemory _memory = new(Options.Create(new ToolsOptions { MaxMemoryBytes = 10_000 }));

    [Fact]
    public void Keep_MoreThanFits_DropsWhatWasUsedLongestAgo()
    {
        Keep("used", 1000);
        Keep("forgotten", 1000);
        for (var index = 0; index < 3; index++)
        {
            Assert.NotNull(_memory.Find(Key("used")));
            Keep($"new {index}", 1000);
        }

        Assert.Equal((true, false, true), (_memory.Find(Key("used")) is not null, _memory.Find(Key("forgotten")) is not null, _memory.Bytes <= 10_000));
    }

    [Fact]
    public void Keep_WhatNeverFits_IsNotKeptAndDropsNothing()
    {
        Keep("small", 10);
        Keep("large", 6000);
        Assert.Equal((true, false), (_memory.Find(Key("small")) is not null, _memory.Find(Key("large")) is not null));
    }

    [Fact]
    public void Keep_Again_TakesTheNewOneAndCountsItOnce()
    {
        Keep("same", 1000);
        var bytes = _memory.Bytes;
        Keep("same", 1000);
        Assert.Equal(bytes, _memory.Bytes);
    }

    private void Keep(string city, int length) => _memory.Keep(
        Key(city), new KeptAnswer(Key(city).Arguments, new ToolAnswer(ToolStatus.Ok, "", new string('x', length), Provenance.Cached) { Real = new RealCall(default, 200, default) }));

    private static AnswerKey Key(string city) => AnswerKey.Of("world", LiveGround.Request(city).Call)!;
}
