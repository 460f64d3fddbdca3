namespace StepTool.Learning.Objectives;

/// <summary>How a step's advantage follows from the rewards.</summary>
public enum CreditEstimator
{
    /// <summary>Generalised advantage estimation over turns, against the critic.</summary>
    GeneralisedAdvantage,

    /// <summary>The discounted sum of the step's and all later rewards, without a critic.</summary>
    ReturnToGo,
}
