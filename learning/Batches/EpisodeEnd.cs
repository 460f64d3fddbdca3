namespace StepTool.Learning.Batches;

/// <summary>Why an episode has no further step.</summary>
public enum EpisodeEnd
{
    /// <summary>The task is over: nothing can be earned after the last step. A budget that the situation shows belongs to the task.</summary>
    Terminal,

    /// <summary>The episode was cut from outside, so the value after its last step is estimated instead of zero.</summary>
    Truncated,
}
