namespace StepTool.Grains.Training;

/// <summary>Runs updates, each on a thread of its own, since they compute for long. A simulation stands in its place, so that an update takes no time.</summary>
internal class LearnerThread
{
    /// <summary>Runs an update.</summary>
    /// <param name="update">The update.</param>
    /// <param name="cancellationToken">Keeps it from beginning; one that has begun looks for itself.</param>
    internal virtual Task<T> RunAsync<T>(Func<T> update, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(update, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
