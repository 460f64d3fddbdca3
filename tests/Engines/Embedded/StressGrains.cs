using System.Collections.Concurrent;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace StepTool.Tests.Engines;

/// <summary>Counts, from outside of the engine, what its promises forbid.</summary>
public sealed class Witness
{
    private readonly ConcurrentDictionary<string, int> _alive = new();

    public int Violations => _violations;

    private int _violations;

    public void Born(string key) => Check(_alive.AddOrUpdate(key, 1, (_, count) => count + 1) == 1);

    public void Gone(string key) => Check(_alive.AddOrUpdate(key, -1, (_, count) => count - 1) == 0);

    public void Check(bool holds)
    {
        if (!holds)
        {
            Interlocked.Increment(ref _violations);
        }
    }
}

public interface IStressGrain : IGrainWithStringKey
{
    Task<int> WorkAsync(int seed);

    [AlwaysInterleave]
    Task<int> PeekAsync(int seed);

    [ReadOnly]
    Task<int> ReadAsync(int seed);
}

/// <summary>Checks at each piece of code between awaits that no other runs, and at each exclusive call that no other is under way.</summary>
public sealed class StressGrain(Witness witness) : Grain, IStressGrain
{
    private int _inside;
    private int _exclusive;
    private int _readers;
    private string _key = "";

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = this.GetPrimaryKeyString();
        witness.Born(_key);
        await Task.Yield();
        this.RegisterGrainTimer(() => PiecesAsync(2), new GrainTimerCreationOptions(TimeSpan.Zero, TimeSpan.FromMilliseconds(1)) { Interleave = true });
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await PiecesAsync(5);
        witness.Check(_exclusive == 0 && _readers == 0);
        witness.Gone(_key);
    }

    public async Task<int> WorkAsync(int seed)
    {
        witness.Check(++_exclusive == 1 && _readers == 0);
        await PiecesAsync(seed % 4);
        witness.Check(_exclusive-- == 1 && _readers == 0);
        if (seed % 20 == 3)
        {
            DeactivateOnIdle();
        }

        return seed;
    }

    public async Task<int> PeekAsync(int seed)
    {
        await PiecesAsync(seed % 3);
        return seed;
    }

    public async Task<int> ReadAsync(int seed)
    {
        _readers++;
        witness.Check(_exclusive == 0);
        await PiecesAsync(seed % 3);
        witness.Check(_exclusive == 0);
        _readers--;
        return seed;
    }

    private async Task PiecesAsync(int awaits)
    {
        for (var i = 0; i <= awaits; i++)
        {
            witness.Check(Interlocked.Increment(ref _inside) == 1);
            // long enough for a second thread, if there were one, to be seen
            Thread.SpinWait(300);
            witness.Check(Interlocked.Decrement(ref _inside) == 0);
            switch (i % 3)
            {
                case 0:
                    await Task.Yield();
                    break;
                case 1:
                    await Task.Run(() => { });
                    break;
                default:
                    await GrainFactory.GetGrain<IPartnerGrain>(_key).AnswerAsync();
                    break;
            }
        }
    }
}

public interface IPartnerGrain : IGrainWithStringKey
{
    Task AnswerAsync();
}

public sealed class PartnerGrain : Grain, IPartnerGrain
{
    public async Task AnswerAsync() => await Task.Yield();
}
