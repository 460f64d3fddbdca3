using System.Collections.Immutable;
using StepTool.Embedded.Activations;

namespace StepTool.Embedded.Calls;

/// <summary>Something that takes a turn of an activation: a call, a step of a stream, a timer's tick.</summary>
/// <remarks>The links, and what is marked so, belong to the activation that has it and are used under that one's lock only.</remarks>
internal abstract class Request
{
    /// <summary>Where it is, or was last.</summary>
    internal Activation? Target { get; set; }

    /// <summary>The activation whose code sent it; null for a client.</summary>
    internal Activation? Caller { get; set; }

    /// <summary>The <see cref="Orleans.Runtime.RequestContext"/> that flows with it.</summary>
    internal ImmutableDictionary<string, object>? Context { get; set; }

    /// <summary>When it was sent, in the engine's timestamps.</summary>
    internal long SentAt { get; set; }

    /// <summary>Neighbours among the waiting or the running of the activation (under its lock).</summary>
    internal Request? Next { get; set; }

    /// <inheritdoc cref="Next"/>
    internal Request? Previous { get; set; }

    /// <summary>What it may run beside.</summary>
    internal abstract Turn Turn { get; }

    /// <summary>For people: whose call it is.</summary>
    internal abstract string Name { get; }

    /// <summary>Whether it counts as use of the activation.</summary>
    internal virtual bool KeepsAlive => true;

    /// <summary>Whether it goes on to the next activation of the grain when this one ends.</summary>
    internal virtual bool Outlives => true;

    /// <summary>The time after which its caller gets a <see cref="TimeoutException"/>; null for the engine's, infinite for never.</summary>
    internal virtual TimeSpan? Timeout => null;

    /// <summary>Whether its caller has its answer, so that nothing is left to do.</summary>
    internal abstract bool IsAnswered { get; }

    /// <summary>Lets a caller's token cancel it, where it can be cancelled.</summary>
    internal virtual void Follow(CancellationToken cancellationToken)
    {
    }

    /// <summary>Runs it as a turn of its target, on that one's scheduler. It never throws, and calls <see cref="Activation.Finish"/> once.</summary>
    internal abstract void Run(object grain);

    /// <summary>Answers with a failure, unless it is answered.</summary>
    internal abstract void Fail(Exception exception);

    /// <summary>Answers with a time-out, and cancels what runs.</summary>
    internal virtual void TimeOut(string message) => Fail(new TimeoutException(message));
}
