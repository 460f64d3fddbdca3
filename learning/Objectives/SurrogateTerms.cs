namespace StepTool.Learning.Objectives;

/// <summary>What the surrogate loss sets each decision of a batch against.</summary>
public sealed record SurrogateTerms
{
    /// <summary>The advantages [decisions].</summary>
    public required ReadOnlyMemory<float> Advantages { get; init; }

    /// <summary>The returns that the critic should learn [decisions].</summary>
    public required ReadOnlyMemory<float> Returns { get; init; }

    /// <summary>The critic's values before the update [decisions].</summary>
    public required ReadOnlyMemory<float> EarlierValues { get; init; }

    /// <summary>The log-probability of each choice under the policy that made it [decisions].</summary>
    public required ReadOnlyMemory<float> BehaviourLogProbabilities { get; init; }

    /// <summary>The log-probabilities of all candidates under the frozen reference [candidates].</summary>
    public required ReadOnlyMemory<float> ReferenceLogProbabilities { get; init; }
}
