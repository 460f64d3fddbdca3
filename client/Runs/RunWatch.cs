using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using StepTool.Client.Connections;
using StepTool.Core.Runs;

namespace StepTool.Client.Runs;

/// <summary>Looks at a run again and again until it ends, and what was resumed of it.</summary>
internal sealed class RunWatch(Connection connection, TimeProvider time)
{
    private static readonly TimeSpan Near = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Far = TimeSpan.FromSeconds(1);

    /// <summary>Snapshots until the run has ended; the last one is of its end.</summary>
    /// <param name="run">The run's id.</param>
    /// <param name="stages">All stages with their number of episodes, for the time left; empty where not known.</param>
    /// <param name="cancellationToken">Stops looking; the run goes on.</param>
    public async IAsyncEnumerable<RunSnapshot> FollowAsync(
        string run, ImmutableArray<PlannedStage> stages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pace = new Pace(stages);
        var began = time.GetTimestamp();
        var policies = await PoliciesAsync(run, cancellationToken);
        while (true)
        {
            var status = await connection.Run(run).StatusAsync(cancellationToken);
            var metrics = await MetricsAsync(policies, cancellationToken);
            var done = status.Stages.Sum(stage => stage.Done);
            yield return new RunSnapshot(status, metrics, pace.Rate(time.GetElapsedTime(began), done), pace.Remaining(status)) { Planned = stages };
            if (status is { Phase: not RunPhase.Running, Resuming: 0 })
            {
                yield break;
            }

            await Task.Delay(connection.Silo is null ? Near : Far, time, cancellationToken);
        }
    }

    private async Task<ImmutableArray<string>> PoliciesAsync(string run, CancellationToken cancellationToken) =>
        (await connection.Index.RunsAsync(cancellationToken)).FirstOrDefault(entry => entry.Run == run)?.Policies ?? [];

    private async Task<ImmutableSortedDictionary<string, double>> MetricsAsync(ImmutableArray<string> policies, CancellationToken cancellationToken) =>
        policies is [var policy, ..] && await connection.Policy(policy).HeadAsync(cancellationToken) is { } head
            ? head.Latest.Metrics
            : ImmutableSortedDictionary<string, double>.Empty;
}
