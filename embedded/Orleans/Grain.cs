using Orleans.Runtime;
using StepTool.Embedded.Activations;

namespace Orleans;

/// <summary>The base of grain classes.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>Made by the engine only, on the activation's scheduler.</summary>
    /// <exception cref="InvalidOperationException">The grain was made with <c>new</c>.</exception>
    protected Grain()
    {
        Activation = Activation.Current ?? throw new InvalidOperationException(
            $"{GetType()} was created outside of an activation. Take grains from IGrainFactory.GetGrain, never with new.");
    }

    /// <summary>The activation.</summary>
    public IGrainContext GrainContext => Activation;

    /// <summary>The grain's identity as text.</summary>
    public string IdentityString => Activation.GrainId.ToString();

    /// <summary>Gives references to other grains.</summary>
    protected IGrainFactory GrainFactory => Activation.GrainFactory;

    /// <summary>The services of this activation.</summary>
    protected internal IServiceProvider ServiceProvider => Activation.ActivationServices;

    internal Activation Activation { get; }

    /// <summary>Called before the first call. If it fails, so do the calls that wait, and the next call tries anew.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called after the last call and timer tick, when timers are disposed.</summary>
    /// <param name="reason">Why the activation ends.</param>
    /// <param name="cancellationToken">Cancelled when the time for it, counted from the request to end, is over.</param>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends the activation once its running calls are done; calls that come meanwhile go to the next activation.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>Keeps the activation from being collected for being idle, for this time from now.</summary>
    /// <param name="timeSpan"><see cref="Timeout.InfiniteTimeSpan"/> for ever; zero or less takes an earlier delay back.</param>
    protected void DelayDeactivation(TimeSpan timeSpan) => Activation.DelayDeactivation(timeSpan);
}
