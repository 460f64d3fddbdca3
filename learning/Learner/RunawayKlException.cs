using System.Globalization;

namespace StepTool.Learning.Learner;

/// <summary>An update moved the policy so far in one mini-batch that it will not come back. It has changed nothing.</summary>
public sealed class RunawayKlException : ArithmeticException
{
    /// <summary>Says how far it went.</summary>
    /// <param name="value">The KL in nats a decision.</param>
    /// <param name="limit">The limit in nats a decision.</param>
    public RunawayKlException(double value, double limit)
        : base(string.Create(CultureInfo.InvariantCulture, $"The KL of a mini-batch is {value:g4} nats a decision; it may be at most {limit:g4}. ") +
            "The update was dropped and the weights are unchanged. Lower the learning rate, the epochs or the staleness of episodes, or take larger mini-batches.") =>
        (Value, Limit) = (value, limit);

    /// <summary>The KL in nats a decision.</summary>
    public double Value { get; }

    /// <summary>The limit in nats a decision.</summary>
    public double Limit { get; }

    /// <summary>Checks a distance.</summary>
    /// <param name="distance">The KL in nats a decision; null where the loss knows none.</param>
    /// <param name="limit">The limit in nats a decision; null for none.</param>
    /// <exception cref="RunawayKlException">The distance is beyond the limit.</exception>
    public static void ThrowIfBeyond(double? distance, double? limit)
    {
        if (distance > limit)
        {
            throw new RunawayKlException(distance.Value, limit.Value);
        }
    }
}
