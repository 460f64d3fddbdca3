namespace StepTool.Learning.Learner;

/// <summary>What a network says of every decision of a batch.</summary>
/// <param name="Candidates">Log-probabilities or scores [candidates].</param>
/// <param name="Values">Values [decisions].</param>
internal sealed record BatchScores(float[] Candidates, float[] Values);
