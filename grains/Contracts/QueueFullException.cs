namespace StepTool.Grains.Contracts;

/// <summary>
/// The house holds as much as it may: nothing of what was asked was taken, and the same may be asked again after <see cref="RetryAfter"/>. The message names option,
/// value, rule and remedy.
/// </summary>
public sealed class QueueFullException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>When to ask again. It belongs to the type, since exceptions keep nothing else when they cross silos.</summary>
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(2);
}
