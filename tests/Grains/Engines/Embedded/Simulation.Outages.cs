using StepTool.Core.Episodes;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Core.Storage;
using StepTool.Core.Tools;
using StepTool.Grains.Policies;
using StepTool.Silo.Storage;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <content>What a tool answers and when, and what is away for a while: faults that end episodes, which are resumed.</content>
internal sealed partial class Simulation
{
    private const string BlobUnread = "The simulation let this blob's reading fail.";
    private readonly TimeSpan[] _awayUntil = new TimeSpan[Enum.GetValues<FaultBoundary>().Length];

    private TimeSpan Now => TimeSpan.FromTicks(_clock.GetTimestamp());

    private void Leave()
    {
        var boundary = new[] { FaultBoundary.Tool, FaultBoundary.Tool, FaultBoundary.Policy, FaultBoundary.Judge }[_random.NextInt(4)];
        _awayUntil[(int)boundary] = Now + TimeSpan.FromMilliseconds(_random.NextInt(boundary is FaultBoundary.Policy ? 6000 : 500));
    }

    private bool IsAway(FaultBoundary boundary) => Now < _awayUntil[(int)boundary];

    private void Judging()
    {
        if (IsAway(FaultBoundary.Judge))
        {
            _met[(int)Disturbance.Judge]++;
            throw new InvalidOperationException("The judge is away.");
        }
    }

    // Half of the calls take their time. One that breaks off may have been carried out where it changes something.
    private Task<ToolReply>? Reply(ToolRequest request, CancellationToken cancellationToken)
    {
        Promise(() => _promises.Sent(request));
        if (IsAway(FaultBoundary.Tool) && _random.NextInt(2) == 0)
        {
            _met[(int)Disturbance.Call]++;
            throw new IOException("The line broke.");
        }

        if (_random.NextInt(2) == 0)
        {
            return null;
        }

        var answer = _ground.World.Answer(request.Call, request.Attempt);
        return Task.Delay(TimeSpan.FromMilliseconds(1 + _random.NextInt(300)), _clock, CancellationToken.None)
            .ContinueWith(_ => (ToolReply)answer, CancellationToken.None, TaskContinuationOptions.None, _life.Tools);
    }

    private sealed class SlowBlobs(MemoryBlobStore blobs, Simulation simulation) : IBlobStore, IBlobEraser
    {
        public async ValueTask<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            await simulation.TakesTime();
            var fails = simulation.ReadFails(Disturbance.BlobWrite);
            var hash = fails && simulation._faults.NextInt(2) == 0 ? "" : await blobs.PutAsync(content, cancellationToken);
            return fails ? throw new StorageException("The simulation let this blob's writing fail.") : hash;
        }

        public async ValueTask<ReadOnlyMemory<byte>> GetAsync(string hash, CancellationToken cancellationToken)
        {
            await simulation.TakesTime();
            return simulation.ReadFails(Disturbance.BlobRead) ? throw new StorageException(BlobUnread) : await blobs.GetAsync(hash, cancellationToken);
        }

        public ValueTask<bool> ExistsAsync(string hash, CancellationToken cancellationToken) => blobs.ExistsAsync(hash, cancellationToken);

        public ValueTask EraseAsync(string hash, CancellationToken cancellationToken) =>
            simulation.ReadFails(Disturbance.BlobErasure) ? throw new StorageException("The simulation let this blob's erasure fail.") : blobs.EraseAsync(hash, cancellationToken);
    }

    private sealed class AwayPolicies(IPolicySource policies, Simulation simulation) : IPolicySource
    {
        public async ValueTask<PinnedPolicy> GetAsync(PolicyReference reference, CancellationToken cancellationToken)
        {
            Check();
            var pinned = await policies.GetAsync(reference, cancellationToken);
            return pinned with { Policy = new Away(pinned.Policy, this) };
        }

        private void Check()
        {
            if (simulation.IsAway(FaultBoundary.Policy))
            {
                simulation._met[(int)Disturbance.Policy]++;
                throw new PolicyException("The weights are away.");
            }
        }

        private sealed class Away(IPolicy policy, AwayPolicies source) : IPolicy
        {
            public ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken)
            {
                source.Check();
                return policy.DecideAsync(situation, mode, seed, cancellationToken);
            }
        }
    }
}
