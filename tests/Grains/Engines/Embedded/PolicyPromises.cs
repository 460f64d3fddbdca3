using System.Text.Json;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Policies;
using StepTool.Grains.Runs;
using StepTool.Grains.Transitions;
using Xunit;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <summary>What a person asks of a policy: a version to promote, or one to go back from, or neither.</summary>
internal sealed record PolicyChange(int? Promotes, int? GoesBackFrom)
{
    /// <summary>Times it was carried out.</summary>
    public int Done { get; set; }

    /// <summary>Whether something else has promoted a version since.</summary>
    public bool IsOvertaken { get; set; }
}

/// <summary>What is promised of a policy: one chain of versions, and one that serves for a reason.</summary>
internal sealed class PolicyPromises(RunPlan plan)
{
    private PolicyState _state = PolicyState.Empty;
    private readonly Dictionary<(long Ordinal, int Resumed), string?> _logged = [];
    private PolicyChange _asked = new(null, null);

    /// <summary>The ends of its chain.</summary>
    public PolicyHead? Head => _state.Head;

    /// <summary>A person asks for something.</summary>
    public void Asked(PolicyChange change) => _asked = change;

    /// <summary>A person hears that it is done.</summary>
    public static void Answered(PolicyChange change) =>
        Assert.True(change.GoesBackFrom is null || change.Done == 1 || change.IsOvertaken, $"Going back from version {change.GoesBackFrom} was answered and not done.");

    /// <summary>Its state was stored.</summary>
    public void Stored(PolicyState after)
    {
        Assert.Equal(_state.Versions.Select(Text), after.Versions.Take(_state.Versions.Length).Select(Text)); // a version never changes
        Assert.Equal(after.Consumed.Count, after.Versions.Sum(version => version.Consumed.Count)); // none is learnt from twice
        Assert.All(after.Versions, version => Assert.True(version.Parent == version.Version - 1 && version == after.Versions[version.Version], $"{version} is out of the chain."));
        Assert.DoesNotContain(_state.Versions, version => version.IsRemoved && !after.Versions[version.Version].IsRemoved);
        int[] needed = [after.Head!.Latest.Version, after.Head.Promoted.Version, .. after.Promotions, .. after.Pins.Values];
        Assert.DoesNotContain(needed, version => after.Versions[version].IsRemoved);
        Moved(after.Promotions.Length - _state.Promotions.Length, after);
        _state = after;
    }

    /// <summary>Its log was stored: what an attempt is to be learnt by never changes.</summary>
    public void Logged(TransitionLogState log)
    {
        foreach (var entry in log.Entries.Values)
        {
            var known = _logged.TryAdd((entry.Ordinal, entry.Resumed), entry.Trajectory) ? entry.Trajectory : _logged[(entry.Ordinal, entry.Resumed)];
            Assert.True(known == entry.Trajectory, $"{entry} was {known} before.");
        }
    }

    /// <summary>Its run has completed: what was logged, consumed and excluded is what became of its episodes.</summary>
    public void Kept(RunState run, ILookup<long, (int Attempt, string? Learnt)> ended)
    {
        foreach (var version in _state.Versions.Skip(1))
        {
            var rollouts = version.Consumed.Ordinals().Zip(version.Episodes.Ordinals()).ToArray();
            foreach (var (logged, ordinal) in rollouts)
            {
                Assert.All(ended[ordinal].Where(end => _logged.ContainsKey((logged, end.Attempt))), end => Assert.True(
                    _logged[(logged, end.Attempt)] == end.Learnt, $"Rollout {ordinal}, attempt {end.Attempt}, is logged as {_logged[(logged, end.Attempt)] ?? "excluded"} and ended as {end.Learnt ?? "excluded"}."));
            }

            // One that was resumed may have been learnt from before or after.
            var excluded = rollouts.Select(rollout => ended[rollout.Second]).ToArray();
            Assert.InRange(version.Excluded, excluded.Count(attempts => attempts.All(end => end.Learnt is null)), excluded.Count(attempts => attempts.Any(end => end.Learnt is null)));
        }

        var train = plan.Stages.OfType<TrainStage>().Single();
        Assert.Equal((train.Iterations, (long)train.Iterations * train.BatchSize), (_state.Versions.Length - 1, _state.Consumed.Count));
        Assert.Equal(plan.Stages.OfType<EvaluateStage>().Count(stage => stage.IsGate), _state.Gates.Length);
        Assert.DoesNotContain(run.Plan!.Run, _state.Pins.Keys);
    }

    /// <summary>All is over: the blobs of what was removed are gone, and no other's.</summary>
    public void KeptBlobs(IBlobStore blobs) => Assert.All(_state.Versions, version => Assert.All(
        new[] { version.Weights, version.Learner, version.Description }, blob => Assert.Equal(!version.IsRemoved, blobs.ExistsAsync(blob, default).AsTask().GetAwaiter().GetResult())));

    private void Moved(int by, PolicyState after)
    {
        Assert.InRange(by, -1, 1);
        var both = Math.Min(_state.Promotions.Length, after.Promotions.Length);
        Assert.Equal(_state.Promotions.Take(both), after.Promotions.Take(both));
        if (after.Gates.Length > _state.Gates.Length)
        {
            var gate = after.Gates[^1];
            var promotes = gate.Passes && gate.Against == _state.Head!.Promoted.Version && gate.Version != gate.Against;
            Assert.True(by == (promotes ? 1 : 0) && (by == 0 || after.Promotions[^1] == gate.Version), $"{gate} promoted [{string.Join(", ", after.Promotions)}] after [{string.Join(", ", _state.Promotions)}].");
            _asked.IsOvertaken |= by > 0;
        }
        else if (by != 0)
        {
            var isAsked = by > 0 ? _asked.Promotes == after.Promotions[^1] : _asked.GoesBackFrom == _state.Promotions[^1];
            var isEndOfTraining = by > 0 && after.PromotedBy.Length > _state.PromotedBy.Length && plan.Stages.OfType<TrainStage>().Single().Promotes && after.Promotions[^1] == after.Versions.Length - 1;
            Assert.False(isEndOfTraining && after.PromotedBy.Length > 1, $"The end of training promoted again: [{string.Join(", ", _state.Promotions)}] became [{string.Join(", ", after.Promotions)}].");
            _asked.Done += isAsked ? 1 : 0;
            _asked.IsOvertaken |= !isAsked;
            Assert.True(isEndOfTraining || (isAsked && _asked.Done == 1), $"[{string.Join(", ", _state.Promotions)}] became [{string.Join(", ", after.Promotions)}]; asked for was {_asked}.");
        }
    }

    private static string Text(PolicyManifest version) => JsonSerializer.Serialize(version with { IsRemoved = false }, Wire.State);
}
