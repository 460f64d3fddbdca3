using Orleans.Runtime;
using StepTool.Tests.Conformance;

namespace StepTool.Tests.Engines;

public interface IIdleGrain : IGrainWithStringKey
{
    Task TouchAsync();

    Task HoldAsync(string gate);

    Task DelayAsync(TimeSpan span);

    Task TickAsync(TimeSpan period, bool keepsAlive);
}

/// <summary>Tells the probe "KEY ended" with the reason, and "KEY tick N".</summary>
public abstract class IdleGrainBody(Probe probe) : Grain
{
    private int _ticks;

    public virtual Task TouchAsync() => Task.CompletedTask;

    public Task HoldAsync(string gate) => probe.PassAsync(gate);

    public Task DelayAsync(TimeSpan span)
    {
        DelayDeactivation(span);
        return Task.CompletedTask;
    }

    public Task TickAsync(TimeSpan period, bool keepsAlive)
    {
        this.RegisterGrainTimer(
            _ =>
            {
                probe.Signal($"{this.GetPrimaryKeyString()} tick {++_ticks}");
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions { DueTime = period, Period = period, KeepAlive = keepsAlive });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Signal($"{this.GetPrimaryKeyString()} token", cancellationToken.IsCancellationRequested ? "cancelled" : "open");
        probe.Signal($"{this.GetPrimaryKeyString()} ended", reason.ReasonCode.ToString());
        return Task.CompletedTask;
    }
}

public sealed class IdleGrain(Probe probe) : IdleGrainBody(probe), IIdleGrain;

public interface IAlwaysThereGrain : IGrainWithStringKey
{
    Task TouchAsync();
}

[KeepAlive]
public sealed class AlwaysThereGrain(Probe probe) : IdleGrainBody(probe), IAlwaysThereGrain;

public interface ILongIdleGrain : IGrainWithStringKey
{
    Task TouchAsync();
}

[CollectionAgeLimit(Hours = 1)]
public sealed class LongIdleGrain(Probe probe) : IdleGrainBody(probe), ILongIdleGrain;

public interface IChainGrain : IGrainWithStringKey
{
    /// <summary>Calls the next of the path with the rest of it; at the end of the path waits at its gate.</summary>
    Task PassOnAsync(IReadOnlyList<string> path, string gate);
}

public sealed class ChainGrain(Probe probe) : Grain, IChainGrain
{
    public Task PassOnAsync(IReadOnlyList<string> path, string gate)
    {
        probe.Signal($"in {this.GetPrimaryKeyString()}");
        return path.Count == 0 ? probe.PassAsync(gate) : GrainFactory.GetGrain<IChainGrain>(path[0]).PassOnAsync([.. path.Skip(1)], gate);
    }
}
