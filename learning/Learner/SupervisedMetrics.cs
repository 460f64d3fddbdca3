namespace StepTool.Learning.Learner;

/// <summary>What one supervised update did. Means are over the decisions of its last epoch, as seen before each of its steps.</summary>
/// <param name="Loss">The cross-entropy in nats a decision.</param>
/// <param name="Accuracy">The share of decisions whose most likely candidate is the chosen one, 0 to 1.</param>
/// <param name="GradientNorm">The largest gradient norm before clipping.</param>
/// <param name="Rows">Gradient rows: decisions times epochs.</param>
/// <param name="MiniBatches">Optimiser steps.</param>
public sealed record SupervisedMetrics(double Loss, double Accuracy, double GradientNorm, int Rows, int MiniBatches);
