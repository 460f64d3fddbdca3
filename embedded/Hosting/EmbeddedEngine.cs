using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using StepTool.Embedded.Activations;
using StepTool.Embedded.Calls;
using StepTool.Embedded.Emission;

namespace StepTool.Embedded.Hosting;

/// <summary>The engine: the catalogue of activations, the route of local calls, and their start and stop with the host.</summary>
internal sealed class EmbeddedEngine : Route, IHostedService, ILocalSiloDetails
{
    private readonly ConcurrentDictionary<GrainId, Activation> _catalog = new();
    private readonly GrainClasses _classes;
    private readonly ActivationClock _clock;
    private readonly EmbeddedOptions _options;
    private volatile Stage _stage;

    public EmbeddedEngine(
        IServiceProvider services,
        IOptions<EmbeddedOptions> options,
        IEnumerable<GrainTypes> grainTypes,
        ILogger<EmbeddedEngine> log,
        TimeProvider? time = null,
        WorkerThreads? threads = null)
    {
        Threads = threads ?? new WorkerThreads();
        Services = services;
        Log = log;
        Time = time ?? TimeProvider.System;
        _options = options.Value;
        _classes = new(GrainClass.Find(grainTypes.SelectMany(some => some.Types).Distinct(), _options.CollectionAge));
        Proxies = _classes.Interfaces.ToDictionary(grainInterface => grainInterface, ProxyType.Of);
        _clock = new(Time, _options, Proxies.Values.SelectMany(proxy => proxy.Methods.Values).Select(method => method.Method.Timeout).OfType<TimeSpan>(), _catalog);
        Client = new EmbeddedClient(this, services);
    }

    private enum Stage
    {
        Built,
        Running,
        Stopping,
        Stopped,
    }

    public string Name => _options.SiloName;

    public string ClusterId => "embedded";

    internal IServiceProvider Services { get; }

    internal TimeProvider Time { get; }

    internal WorkerThreads Threads { get; }

    internal ILogger Log { get; }

    internal EmbeddedOptions Options => _options;

    internal IClusterClient Client { get; }

    internal IReadOnlyDictionary<Type, ProxyType> Proxies { get; }

    /// <summary>How many grains are in memory.</summary>
    internal int ActivationCount => _catalog.Count;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        CheckStores();
        _clock.Start();
        _stage = Stage.Running;
        Log.Started(Name, _classes.All.Count);
        return Task.CompletedTask;
    }

    /// <summary>Ends all activations in parallel, running calls first. Calls between grains go on until then; others are refused.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stage = Stage.Stopping;
        try
        {
            // a call that runs may still activate a grain that it needs: again, until none is left
            while (!_catalog.IsEmpty)
            {
                await Task.WhenAll(_catalog.Values.Select(EndAsync)).WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // the host's time is over: what still runs is left behind
        }

        _stage = Stage.Stopped;
        _clock.Dispose();
        _clock.InFlight().ForEach(request => request.Fail(Unavailable()));
        Log.Stopped(Name, _catalog.Count);

        static Task EndAsync(Activation activation)
        {
            var gone = activation.Deactivated;
            activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The host stops."), CancellationToken.None);
            return gone;
        }
    }

    internal override void Send(GrainReference to, Request call, CancellationToken cancellationToken)
    {
        call.Caller = Activation.Current;
        call.Context = RequestContext.Current;
        call.SentAt = Time.GetTimestamp();
        if (_stage != Stage.Running && (_stage != Stage.Stopping || call.Caller is null))
        {
            call.Fail(Unavailable());
            return;
        }

        call.Follow(cancellationToken);
        if (to.LastActivation?.Receive(call) is not true)
        {
            to.LastActivation = Receive(call, to.GrainId);
        }
    }

    internal override IAsyncEnumerable<T> Stream<T>(GrainReference to, StreamCall<T> call, CancellationToken cancellationToken) =>
        new LocalStream<T>(this, to, call, cancellationToken);

    internal override GrainType TypeOf(Type grainInterface, string? classNamePrefix) => _classes.Of(grainInterface, classNamePrefix).GrainType;

    /// <summary>The type that a caller from outside means: the one it names, if that implements the interface, else the one that does.</summary>
    internal GrainType TypeOf(Type grainInterface, GrainType named) => _classes.Has(named, grainInterface) ? named : TypeOf(grainInterface, (string?)null);

    internal override GrainReference Refer(Type grainInterface, GrainId id) =>
        (Proxies.GetValueOrDefault(grainInterface) ?? ProxyType.Of(grainInterface)).Create(this, id);

    /// <summary>Brings a request to the grain's activation, making one where there is none; null when the engine has stopped, which fails the request.</summary>
    internal Activation? Receive(Request request, GrainId id)
    {
        while (true)
        {
            if (_stage == Stage.Stopped)
            {
                request.Fail(Unavailable()); // handed on by an activation that ended: its services may be gone
                return null;
            }

            var activation = _catalog.GetOrAdd(id, static (id, engine) => new(engine, engine._classes.Of(id.Type), id), this);
            if (activation.Receive(request))
            {
                return activation;
            }
        }
    }

    internal void Watch(Activation activation) => _clock.Watch(activation);

    internal void Forget(Activation activation) => _catalog.TryRemove(new(activation.GrainId, activation));

    /// <summary>The grain's activation, if it is in memory.</summary>
    internal Activation? Find(GrainId id) => _catalog.GetValueOrDefault(id);

    private SiloUnavailableException Unavailable() => new(
        _stage == Stage.Built ? $"{Name} has not started. Start the host before grains are called." : $"{Name} is stopping and takes no more calls.");

    private void CheckStores()
    {
        var registered = Services.GetRequiredService<IServiceProviderIsKeyedService>();
        foreach (var grainClass in _classes.All)
        {
            foreach (var state in grainClass.States)
            {
                var store = state.StorageName ?? GrainParameter.DefaultStore;
                if (!registered.IsKeyedService(typeof(IGrainStorage), store))
                {
                    throw new InvalidOperationException(
                        $"{grainClass.Type} keeps its state '{state.StateName}' in the store '{store}', which is not registered. Register it with AddGrainStorage or AddMemoryGrainStorage under that name.");
                }
            }
        }
    }
}
