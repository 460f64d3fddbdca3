using Orleans.Runtime;

namespace StepTool.Tests.Conformance;

public interface ILifeGrain : IGrainWithStringKey
{
    Task<string> ActivationAsync();

    Task HoldAsync(string gate);

    Task EndAsync();

    Task EndWhileHeldAsync(string gate);

    Task StartTimerAsync(string name, TimerPlan plan);

    Task StopTimerAsync();
}

/// <summary>How the grain's timer is to tick.</summary>
/// <param name="DueMilliseconds">-1 for never.</param>
/// <param name="PeriodMilliseconds">-1 for a single tick.</param>
/// <param name="IsHeld">Whether each tick waits at the gate of its name and number.</param>
/// <param name="Fails">Whether each tick throws.</param>
/// <param name="IsInterleaved">Whether other calls get in between its awaits.</param>
/// <param name="RearmedMilliseconds">The due time to which the first tick changes the timer, or null.</param>
[GenerateSerializer]
public sealed record TimerPlan(int DueMilliseconds, int PeriodMilliseconds, bool IsHeld = false, bool Fails = false, bool IsInterleaved = false, int? RearmedMilliseconds = null);

/// <summary>Tells the probe of its life: "KEY activated", "KEY ended" with the reason, "NAME tick N", "NAME cancelled".</summary>
public sealed class LifeGrain(Probe probe) : Grain, ILifeGrain
{
    private readonly string _activation = Guid.NewGuid().ToString();
    private IGrainTimer? _timer;
    private int _ticks;
    private int _running;

    public Task<string> ActivationAsync() => Task.FromResult(_activation);

    public async Task HoldAsync(string gate)
    {
        await probe.PassAsync(gate);
        probe.Notes.Enqueue($"{gate} passed");
    }

    public Task EndAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task EndWhileHeldAsync(string gate)
    {
        DeactivateOnIdle();
        await probe.PassAsync(gate);
        probe.Notes.Enqueue($"{gate} passed");
    }

    public Task StartTimerAsync(string name, TimerPlan plan)
    {
        _timer = this.RegisterGrainTimer(
            (state, token) => TickAsync(state, plan, token),
            name,
            new GrainTimerCreationOptions
            {
                DueTime = TimeSpan.FromMilliseconds(plan.DueMilliseconds),
                Period = TimeSpan.FromMilliseconds(plan.PeriodMilliseconds),
                Interleave = plan.IsInterleaved,
            });
        return Task.CompletedTask;
    }

    public Task StopTimerAsync()
    {
        _timer?.Dispose();
        return Task.CompletedTask;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Signal($"{this.GetPrimaryKeyString()} activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Notes.Enqueue($"{this.GetPrimaryKeyString()} ended");
        probe.Signal($"{this.GetPrimaryKeyString()} ended", reason.ReasonCode.ToString());
        return Task.CompletedTask;
    }

    private async Task TickAsync(string name, TimerPlan plan, CancellationToken cancellationToken)
    {
        if (++_running > 1)
        {
            probe.Signal($"{name} overlapped");
        }

        var tick = ++_ticks;
        try
        {
            if (tick == 1 && plan.RearmedMilliseconds is { } rearmed)
            {
                _timer!.Change(TimeSpan.FromMilliseconds(rearmed), Timeout.InfiniteTimeSpan);
            }

            probe.Signal($"{name} tick {tick}");
            if (plan.IsHeld)
            {
                await probe.PassAsync($"{name} {tick}", cancellationToken);
            }

            await Task.Yield();
            if (plan.Fails)
            {
                throw new InvalidOperationException("The tick fails, as it was told.");
            }

            probe.Notes.Enqueue($"{name} ticked {tick}");
        }
        catch (OperationCanceledException)
        {
            probe.Signal($"{name} cancelled");
            throw;
        }
        finally
        {
            _running--;
        }
    }
}

public interface IHeirGrain : IGrainWithStringKey
{
    Task<string> ActivationAsync();

    Task EndAsync();

    Task SucceedAsync(string last);
}

/// <summary>Calls itself when it ends, and tells the probe which activation the call found: "KEY succeeded".</summary>
public sealed class HeirGrain(Probe probe) : Grain, IHeirGrain
{
    private readonly string _activation = Guid.NewGuid().ToString();

    public Task<string> ActivationAsync() => Task.FromResult(_activation);

    public Task EndAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task SucceedAsync(string last)
    {
        probe.Signal($"{this.GetPrimaryKeyString()} succeeded", $"{last} {_activation}");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (!probe.HasSeen($"{this.GetPrimaryKeyString()} succeeded"))
        {
            _ = GrainFactory.GetGrain<IHeirGrain>(this.GetPrimaryKeyString()).SucceedAsync(_activation);
        }

        return Task.CompletedTask;
    }
}

public interface IFragileGrain : IGrainWithStringKey
{
    Task<int> CallAsync();
}

/// <summary>Fails to activate as often as the probe's notes say "KEY fails".</summary>
public sealed class FragileGrain(Probe probe) : Grain, IFragileGrain
{
    public Task<int> CallAsync() => Task.FromResult(1);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (probe.Notes.TryDequeue(out var note) && note == $"{this.GetPrimaryKeyString()} fails")
        {
            throw new ArgumentException("The activation fails, as it was told.");
        }
    }
}
