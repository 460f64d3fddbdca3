using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using StepTool.Core.Episodes;
using StepTool.Core.Runs;
using StepTool.Core.Serialization;
using StepTool.Core.Storage;
using StepTool.Core.Tools;
using StepTool.Core.Worlds;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Policies;
using StepTool.Grains.Runs;
using StepTool.Grains.State;
using StepTool.Grains.Tasks;
using StepTool.Grains.Worlds;
using StepTool.Silo.Storage;
using StepTool.Tests.Conformance;
using StepTool.Tests.Engines;
using StepTool.Tests.Episodes;
using StepTool.Tests.Grains.Tools;

namespace StepTool.Tests.Grains;

/// <summary>What outlives a silo, and how its silos are made.</summary>
internal sealed class Ground
{
    public Ground(TinyWorld? world = null)
    {
        World = world ?? new TinyWorld();
        Tools = new TestTools(World);
    }

    public TinyWorld World { get; }

    public TestTools Tools { get; }

    public TestStore Store { get; init; } = new();

    public IBlobStore Blobs { get; init; } = new MemoryBlobStore();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>APIs that are called for real, instead of the tiny world.</summary>
    public LiveGround? Live { get; init; }

    /// <summary>Instead of floors and trained policies.</summary>
    public IPolicySource? Policies { get; init; }

    /// <summary>Told, before each decision, on which silo it is made.</summary>
    public Action<string, Situation>? Deciding { get; init; }

    /// <summary>Instead of the engine's view of the cluster.</summary>
    public ISiloView? Silos { get; init; }

    /// <summary>Whether rollouts start by themselves, as they do on a silo.</summary>
    public bool HasPump { get; init; } = true;

    public Action<GrainsOptions> Options { get; init; } = _ => { };

    /// <summary>What else a silo's services are to be; asked at each start.</summary>
    public Action<IServiceCollection> Services { get; init; } = _ => { };
}

/// <summary>A cluster of the real grains on a tiny world.</summary>
internal sealed class House : IAsyncDisposable
{
    private readonly GrainFixture _fixture;
    private readonly StoreLine _line;
    private readonly Ground _ground;

    private House(GrainFixture fixture, StoreLine line, Ground ground) => (_fixture, _line, _ground) = (fixture, line, ground);

    /// <summary>The services of the first silo.</summary>
    public IServiceProvider Services => _fixture.Silo;

    public static async Task<House> StartAsync(Ground ground)
    {
        var line = new StoreLine(ground.Store);
        var fixture = await GrainFixture.StartAsync(services =>
        {
            services.AddGrainsOfTheHouse();
            services.AddLogging(logging => logging.AddProvider(ground.Store.Log));
            services.AddGrainStorage(StateStore.Name, (_, _) => line);
            services.AddSingleton(ground.Time);
            services.AddSingleton(ground.Blobs);
            services.AddSingleton<IWorldCatalogue>(new TinyCatalogue(ground.Live?.World ?? ground.World));
            if (ground.Live is { } live)
            {
                services.AddSingleton(live.Real ?? live.Caller);
                services.Configure(live.Options);
            }
            else
            {
                services.AddSingleton<IToolCaller>(ground.Tools);
            }

            if (ground.Policies is { } policies)
            {
                services.AddSingleton(policies);
            }

            if (ground.Deciding is { } deciding)
            {
                services.AddSingleton<IPolicySource>(provider => new WatchedPolicies(
                    ground.Policies ?? ActivatorUtilities.CreateInstance<PolicySource>(provider), situation => deciding(NameOf(provider), situation)));
            }

            if (ground.Silos is { } silos)
            {
                services.AddSingleton(silos);
            }

            services.AddStepToolGrains();
            services.Configure(ground.Options);
            if (!ground.HasPump)
            {
                services.Remove(services.Single(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType == typeof(RolloutPump)));
            }

            ground.Services(services);
        });
        return new House(fixture, line, ground);
    }

    public TGrain Grain<TGrain>(string key) where TGrain : IGrainWithStringKey => _fixture.Client.GetGrain<TGrain>(key);

    public IRunGrain Run(string run = "run") => Grain<IRunGrain>(run);

    public ITaskGrain Task(long ordinal, string run = "run") => Grain<ITaskGrain>(new EpisodeId(run, ordinal).ToString());

    /// <summary>Starts a run and waits until its first rollouts are on the queue.</summary>
    public async Task EnqueuedAsync(RunPlan plan)
    {
        await Run(plan.Run).StartAsync(plan);
        await _ground.Store.WhenAsync<RunState>("run", plan.Run, state => state.Enqueued > 0);
    }

    /// <summary>Starts a run with stages and waits for its end.</summary>
    public async Task<RunStatus> CompleteAsync(RunPlan plan)
    {
        await Run(plan.Run).StartAsync(plan);
        return await EndedAsync(plan.Run);
    }

    /// <summary>Waits for the end of a run, until it has said so to the index: its own record may be stored before it knows.</summary>
    public async Task<RunStatus> EndedAsync(string run = "run")
    {
        await _ground.Store.WhenAsync<RunIndexState>("run-index", IRunIndexGrain.Key, index => index.Entries.Any(entry => entry.Run == run && !entry.IsActive));
        return await Run(run).StatusAsync();
    }

    /// <summary>Waits until so many rollouts have ended.</summary>
    public Task DoneAsync(long count, string run = "run") => _ground.Store.WhenAsync<RunState>("run", run, state => state.Completed.Count >= count);

    /// <summary>Plays tasks of another run to their end, one after the other: what was offered before them has had its turn by then.</summary>
    public async Task PlayOthersAsync()
    {
        const string other = "other";
        await Run(other).StartAsync(Plans.Serving() with { Run = other });
        for (var task = 0; task < 2; task++)
        {
            await Run(other).AddTasksAsync(new TaskBatch($"{task}", [_ground.World.Tasks[task]]));
            await DoneAsync(task + 1, other);
        }
    }

    /// <summary>All outcomes of a run, by ordinal.</summary>
    public async Task<ImmutableArray<RolloutOutcome>> OutcomesAsync(string run = "run")
    {
        var outcomes = ImmutableArray.CreateBuilder<RolloutOutcome>();
        for (OutcomePage page; (page = await Run(run).OutcomesAsync(outcomes.Count)).Outcomes.Length > 0;)
        {
            outcomes.AddRange(page.Outcomes);
        }

        return [.. outcomes.OrderBy(outcome => outcome.Ordinal)];
    }

    public async Task<Episode> TrajectoryAsync(RolloutOutcome outcome) => EpisodeCodec.Decode(await _ground.Blobs.GetAsync(outcome.Trajectory, default));

    /// <summary>What ended episodes of a run by a fault, each with its ordinal.</summary>
    public async Task<string[]> FaultsAsync(string run = "run")
    {
        var faults = new List<string>();
        foreach (var outcome in (await OutcomesAsync(run)).Where(outcome => outcome.Status is EpisodeStatus.Faulted))
        {
            faults.Add($"{outcome.Ordinal}: {(await TrajectoryAsync(outcome)).Fault}");
        }

        return [.. faults];
    }

    /// <summary>All trajectories of a run as text, by ordinal.</summary>
    public async Task<string[]> TrajectoriesAsync(string run = "run")
    {
        var texts = new List<string>();
        foreach (var outcome in await OutcomesAsync(run))
        {
            texts.Add(JsonSerializer.Serialize(await TrajectoryAsync(outcome), CoreJson.Default.Of<Episode>()));
        }

        return [.. texts];
    }

    public Task DeactivateAsync(IAddressable grain) => _fixture.DeactivateAsync(grain);

    /// <summary>Cuts the silos off from their state for good: for the store they have crashed.</summary>
    public void Crash() => _line.Cut();

    /// <summary>The services of each silo, oldest first.</summary>
    public IReadOnlyList<IServiceProvider> Silos => _fixture.Silos;

    /// <summary>Name of a silo.</summary>
    public static string NameOf(IServiceProvider silo) => silo.GetRequiredService<SiloName>().Name;

    /// <inheritdoc cref="GrainFixture.Holder"/>
    public IServiceProvider? Holder(IAddressable grain) => _fixture.Holder(grain);

    /// <inheritdoc cref="GrainFixture.JoinAsync"/>
    public Task<IServiceProvider> JoinAsync(params (string Key, string Value)[] labels) => _fixture.JoinAsync(labels);

    /// <inheritdoc cref="GrainFixture.LeaveAsync"/>
    public Task LeaveAsync(IServiceProvider silo) => _fixture.LeaveAsync(silo);

    /// <inheritdoc cref="GrainFixture.KillAsync"/>
    public Task KillAsync(IServiceProvider silo) => _fixture.KillAsync(silo);

    /// <summary>Waits until no episode holds a slot on any silo.</summary>
    public async Task IdleAsync()
    {
        foreach (var slots in _fixture.Silos.Select(silo => silo.GetRequiredService<EpisodeSlots>()))
        {
            for (var changed = slots.Changed; slots.Held > 0; changed = slots.Changed)
            {
                await changed.WaitAsync(TimeSpan.FromSeconds(60));
            }
        }
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private sealed class TinyCatalogue(IWorld world) : IWorldCatalogue
    {
        public ValueTask<IWorld> GetAsync(string reference, CancellationToken cancellationToken) =>
            reference == "tiny" ? ValueTask.FromResult(world) : throw new ArgumentException($"There is no world '{reference}' here.");
    }
}
