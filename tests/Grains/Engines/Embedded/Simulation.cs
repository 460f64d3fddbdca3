using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using StepTool.Core.Chance;
using StepTool.Core.Policies;
using StepTool.Core.Runs;
using StepTool.Embedded.Activations;
using StepTool.Embedded.Hosting;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Policies;
using StepTool.Grains.Training;
using StepTool.Silo.Storage;
using StepTool.Tests.Engines;
using StepTool.Tests.Episodes;

namespace StepTool.Tests.Grains.Engines.Embedded;

/// <summary>
/// A run of the real grains in an order that a seed decides: which grain works next, how long a tool or the store takes, which write fails before or after it is stored, when the
/// silo dies and starts again. All of it on one thread; the clock moves when nothing is left to do. What is promised is checked after each write.
/// </summary>
internal sealed partial class Simulation
{
    private const int Acts = 40;
    private const int ErasuresPerFault = 3; // there are few
    private const ulong FaultSeed = 0x5eed;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15); // by the clock of the simulation
    private readonly Lock _gate = new();
    private readonly SortedList<string, Activation> _ready = new(StringComparer.Ordinal); // in an order that does not depend on which of them came first
    private readonly ManualClock _clock = new();
    private readonly PoolRest _rest = new();
    private readonly SeededRandom _random;
    private readonly SeededRandom _faults; // of its own, so that a seed without these faults stays what it was
    private readonly Promises _promises;
    private readonly Ground _ground;
    private readonly int _writesPerFault;
    private readonly int _storesPerWait;
    private readonly int[] _met = new int[Enum.GetValues<Disturbance>().Length];
    private int _readsPerFault;
    private readonly RunPlan _plan;
    private Life _life;
    private House _house = null!;
    private Exception? _broken;
    private bool _standsStill;
    private readonly List<string> _trace = [];

    private Simulation(ulong seed, bool readsFail)
    {
        (_life, _random, _faults) = (new Life(this), new SeededRandom(seed), new SeededRandom(seed ^ FaultSeed));
        _readsPerFault = readsFail ? _faults.NextInt(4) * 20 : 0;
        (_writesPerFault, _storesPerWait) = (_random.NextInt(4) * 15, _random.NextInt(3) * 6);
        var isGated = _random.NextInt(2) == 0;
        _plan = Plans.Live(
            Plans.Evaluate("policy@promoted", DecisionMode.Sampled),
            Plans.Train(iterations: 6, batchSize: 8) with { Attempts = 1 + _random.NextInt(3), KeptVersions = _random.NextInt(2) * 5, Promotes = !isGated },
            Plans.Evaluate("policy@latest", DecisionMode.Sampled) with { IsGate = isGated });
        _ground = new Ground(new TinyWorld(train: 40, test: 16) { Judging = _ => Judging() })
        {
            HasPump = false,
            Blobs = new SlowBlobs(new MemoryBlobStore(), this),
            Options = options => (options.LearnerThreads, options.MaxEpisodes, options.QueueShards) = (1, 8, 2),
            Services = services => services
                .AddSingleton<TimeProvider>(new LifeClock(_clock, _life))
                .AddSingleton<WorkerThreads>(new SeededThreads(this, _life))
                .AddSingleton<LearnerThread>(new NoThread())
                .AddSingleton<RolloutPump>()
                .AddSingleton<IPolicySource>(provider => new AwayPolicies(ActivatorUtilities.CreateInstance<PolicySource>(provider), this))
                .AddHostedService(provider => new SeededPump(provider.GetRequiredService<RolloutPump>(), _life.Pump))
                .AddSingleton(new SiloName(string.Create(CultureInfo.InvariantCulture, $"silo-{Crashes}"))),
        };
        _ground.Tools.Mutate = true;
        _ground.Tools.Reply = Reply;
        _promises = new Promises(_ground, _plan);
        _ground.Store.Fails = (_, _, _) => Fails();
        _ground.Store.Before = (_, _) => TakesTime();
        _ground.Store.Reading = _ => ReadFails(Disturbance.Read) ? throw new IOException("The simulation let this read fail.") : Task.CompletedTask;
        _ground.Store.Stored = (state, key, stored) =>
        {
            _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{_clock.GetTimestamp() / TimeSpan.TicksPerMillisecond} ms, silo {Crashes}: {state} {key}"));
            Promise(() => _promises.Stored(key, stored));
        };
    }

    /// <summary>All writes in their order, with the time and the silo's number.</summary>
    public IReadOnlyList<string> Trace => _trace;

    /// <summary>Times the silo died.</summary>
    public int Crashes { get; private set; }

    /// <summary>Episodes that ended.</summary>
    public long Episodes => _promises.Episodes;

    /// <summary>How often something of a kind went wrong.</summary>
    public int Met(Disturbance kind) => kind switch
    {
        Disturbance.Death => Crashes,
        Disturbance.Write => _ground.Store.Failures,
        Disturbance.UnknownOutcome => _promises.Unknown,
        Disturbance.Resumption => _promises.Resumed,
        _ => _met[(int)kind],
    };

    /// <summary>Plays one seed to its end, on a thread of its own.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="readsFail">Whether reads of states, and blobs, fail too.</param>
    public static Task<Simulation> PlayAsync(ulong seed, bool readsFail = true) => Task.Factory.StartNew(
        () =>
        {
            var simulation = new Simulation(seed, readsFail);
            simulation.Play();
            return simulation;
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private void Play()
    {
        Start();
        Begin();
        for (var acts = 0; acts < Acts || _promises.Of(_plan.Run).Phase is RunPhase.Running; acts++)
        {
            Work(() => false, 50 + _random.NextInt(600));
            if (Crashes < 8 && _random.NextInt(6) == 0)
            {
                _house.Crash();
                Start();
            }
            else if (acts < Acts)
            {
                Act();
            }
        }

        Rest();
        _standsStill = true;
        _promises.Kept(run => Await(() => _house.OutcomesAsync(run)), run => Await(() => _house.Run(run).StatusAsync()));
        _life.IsOver = true;
    }

    // Nothing breaks any more: all that was asked for comes to its end, and what faults have ended goes on.
    private void Rest()
    {
        (_ground.Store.Fails, _readsPerFault) = (null, 0);
        Array.Clear(_awayUntil);
        for (var round = 0; round < 3; round++)
        {
            Work(() => AllAnswered && _promises.AreDone, long.MaxValue);
            Resume(_plan.Run, null);
            Resume(Queue, null);
        }

        Give(house => house.Grain<IPolicyGrain>("policy").RetainAsync(int.MaxValue)); // makes up for what was not erased
        Work(() => AllAnswered && _promises.AreDone && _promises.NothingIsLeft, long.MaxValue);
    }

    // What breaks a promise inside a write would be taken for a failed write.
    private void Promise(Action look)
    {
        var stoodStill = _standsStill;
        _standsStill = true;
        try
        {
            look();
        }
        catch (Exception exception)
        {
            Break(exception);
        }

        _standsStill = stoodStill;
    }

    private void Break(Exception exception) => _broken ??= exception;

    private void Start()
    {
        Crashes += _life.HasBegun ? 1 : 0;
        _life.IsOver = true;
        lock (_gate)
        {
            _ready.Clear();
        }

        _life = new Life(this) { HasBegun = true };
        _standsStill = true; // nobody moves the clock meanwhile
        _house = House.StartAsync(_ground).GetAwaiter().GetResult();
        _standsStill = false;
        _commands.ForEach(command => command.AskAnew());
    }

    // As a console asks.
    private T Await<T>(Func<Task<T>> ask)
    {
        var task = _life.Console.RunAsync(ask);
        Work(() => task.IsCompleted, long.MaxValue);
        return task.GetAwaiter().GetResult();
    }

    // Asks whether it is over only when the pool rests: what is asked may become true there, sooner or later.
    private void Work(Func<bool> isOver, long steps)
    {
        for (var step = 0L; step < steps; step++)
        {
            _rest.Wait(() => false);
            if (_broken is not null)
            {
                throw new InvalidOperationException($"{_broken.Message}\n{string.Join('\n', _trace.TakeLast(12))}", _broken);
            }

            if (isOver())
            {
                return;
            }

            if (Take() is { } work)
            {
                work();
            }
            else if (!_clock.TickNext() || TimeSpan.FromTicks(_clock.GetTimestamp()) > Patience)
            {
                throw new InvalidOperationException($"The run stands still after {TimeSpan.FromTicks(_clock.GetTimestamp())}: {_promises.Open}; {_commands.Count(command => !command.IsAnswered)} commands without an answer.\n{_ground.Store.Log.Tail}");
            }
        }
    }

    // What a grain, the pump, a tool or the console is to do next.
    private Action? Take()
    {
        lock (_gate)
        {
            var others = _life.Others.Where(other => other.HasWork).ToArray();
            var choices = _ready.Count + others.Length;
            if (choices == 0)
            {
                return null;
            }

            var index = _random.NextInt(choices);
            if (index >= _ready.Count)
            {
                return others[index - _ready.Count].DoNext;
            }

            IThreadPoolWorkItem activation = _ready.GetValueAtIndex(index);
            _ready.RemoveAt(index);
            return activation.Execute;
        }
    }

    // So that all the others go on in the middle of a write or a read.
    private Task TakesTime() => !_standsStill && _storesPerWait > 0 && _random.NextInt(_storesPerWait) == 0
        ? Task.Delay(TimeSpan.FromMilliseconds(1 + _random.NextInt(100)), _clock, CancellationToken.None)
        : Task.CompletedTask;

    private bool Fails()
    {
        _ground.Store.FailsAfterStoring = _random.NextInt(2) == 0;
        return _writesPerFault > 0 && _random.NextInt(_writesPerFault) == 0;
    }

    private bool ReadFails(Disturbance kind)
    {
        var fails = !_standsStill && _readsPerFault > 0 && _faults.NextInt(kind is Disturbance.BlobErasure ? ErasuresPerFault : _readsPerFault) == 0;
        _met[(int)kind] += fails ? 1 : 0;
        return fails;
    }
}
