using StepTool.Core.Episodes;

namespace StepTool.Core.Policies;

/// <summary>Decides what to do in a situation. Safe for concurrent use.</summary>
public interface IPolicy
{
    /// <summary>Decides. The same situation, mode and seed give the same decision.</summary>
    /// <param name="situation">What the agent sees.</param>
    /// <param name="mode">Sampled or greedy.</param>
    /// <param name="seed">Seed of this very choice; unused by greedy policies except for ties.</param>
    /// <param name="cancellationToken">Stops waiting for the decision.</param>
    /// <exception cref="PolicyException">The policy's model or endpoint failed.</exception>
    ValueTask<Decision> DecideAsync(Situation situation, DecisionMode mode, ulong seed, CancellationToken cancellationToken);
}

/// <summary>How a policy chooses.</summary>
public enum DecisionMode
{
    /// <summary>Sampled at temperature 1.</summary>
    Sampled,

    /// <summary>The best, ties broken by hash.</summary>
    Greedy,
}

/// <summary>A policy's model or endpoint failed: the boundary's one exception.</summary>
public sealed class PolicyException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PolicyException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public PolicyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
