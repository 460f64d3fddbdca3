namespace StepTool.Core.Tools;

/// <summary>The real call behind an answer, made now or kept from before. Never a feature and never part of a reward.</summary>
/// <param name="At">When its answer was there.</param>
/// <param name="Status">HTTP status; null where the call was not HTTP.</param>
/// <param name="Duration">How long it took, from sending to the last byte.</param>
/// <param name="IsCut">Whether the response was longer than the limit and its end is missing.</param>
public sealed record RealCall(DateTimeOffset At, int? Status, TimeSpan Duration, bool IsCut = false);
