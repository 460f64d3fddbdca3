using Microsoft.Extensions.Hosting;
using StepTool.Embedded.Activations;
using StepTool.Embedded.Hosting;
using StepTool.Grains.Hosting;
using StepTool.Grains.Training;
using StepTool.Tests.Engines;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <content>What a silo of the simulation has in place of threads, pool and clock.</content>
internal sealed partial class Simulation
{
    /// <summary>From a silo's start to its death. Its pump, its tools and its console each have a queue of their own among the grains, instead of threads of the pool.</summary>
    private sealed class Life
    {
        public Life(Simulation simulation)
        {
            Others = [new(simulation, this), new(simulation, this), new(simulation, this)];
            (Pump, Tools, Console) = (Others[0], Others[1], Others[2]);
        }

        public SeededScheduler[] Others { get; }

        public SeededScheduler Pump { get; }

        public SeededScheduler Tools { get; }

        public SeededScheduler Console { get; }

        public bool HasBegun { get; init; }

        public volatile bool IsOver;
    }

    private sealed class SeededThreads(Simulation simulation, Life life) : WorkerThreads
    {
        internal override int Quantum => 1;

        internal override void Queue(IThreadPoolWorkItem activation)
        {
            lock (simulation._gate)
            {
                if (!life.IsOver)
                {
                    var key = ((Activation)activation).GrainId.ToString();
                    while (!simulation._ready.TryAdd(key, (Activation)activation))
                    {
                        key += "'"; // the activation before it is not quite at its end
                    }
                }
            }
        }
    }

    private sealed class SeededPump(RolloutPump pump, SeededScheduler scheduler) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = scheduler.RunAsync(() => pump.PumpAsync(CancellationToken.None));
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>First come, first served: what one kind of work brings, it brings in an order that does not depend on threads.</summary>
    private sealed class SeededScheduler(Simulation simulation, Life life) : TaskScheduler
    {
        private readonly Queue<Task> _tasks = new();

        public override int MaximumConcurrencyLevel => 1;

        public bool HasWork => _tasks.Count > 0;

        public void DoNext()
        {
            Task task;
            lock (simulation._gate)
            {
                task = _tasks.Dequeue();
            }

            TryExecuteTask(task);
        }

        public Task<T> RunAsync<T>(Func<Task<T>> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

        public Task RunAsync(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

        protected override void QueueTask(Task task)
        {
            lock (simulation._gate)
            {
                if (!life.IsOver)
                {
                    _tasks.Enqueue(task);
                }
            }
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task>? GetScheduledTasks() => null;
    }

    private sealed class NoThread : LearnerThread
    {
        internal override Task<T> RunAsync<T>(Func<T> update, CancellationToken cancellationToken)
        {
            try
            {
                return Task.FromResult(update());
            }
            catch (Exception exception)
            {
                return Task.FromException<T>(exception);
            }
        }
    }

    /// <summary>The clock of a life: what a dead silo waits for never comes.</summary>
    private sealed class LifeClock(ManualClock clock, Life life) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock.CreateTimer(
            given =>
            {
                if (!life.IsOver)
                {
                    callback(given);
                }
            },
            state,
            dueTime,
            life.IsOver ? Timeout.InfiniteTimeSpan : period);
    }
}
