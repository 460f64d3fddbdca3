namespace StepTool.Embedded.Hosting;

/// <summary>Gives an activation a thread when it has work: one of the pool's. A simulation stands in its place, to decide itself what runs when.</summary>
internal class WorkerThreads
{
    /// <summary>Pieces of work that an activation does in a row before others get its thread.</summary>
    internal virtual int Quantum => 128;

    /// <summary>Runs an activation's work soon.</summary>
    /// <remarks>
    /// In the pool's shared queue: first come, first served. A thread's own queue would be faster and unfair: it is last in, first out and goes before the shared one,
    /// so that under full load a few pairs of caller and grain keep it to themselves while other calls, and the timers of the whole process, wait for seconds.
    /// </remarks>
    /// <param name="activation">What has work.</param>
    internal virtual void Queue(IThreadPoolWorkItem activation) => ThreadPool.UnsafeQueueUserWorkItem(activation, preferLocal: false);
}
