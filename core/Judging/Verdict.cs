namespace StepTool.Core.Judging;

/// <summary>A judge's word on an ended episode.</summary>
public enum Verdict
{
    /// <summary>The task was not solved.</summary>
    Unsolved,

    /// <summary>The judge cannot tell; also where a task has no known truth.</summary>
    Unsure,

    /// <summary>The task was solved.</summary>
    Solved,
}

/// <summary>A verdict with what evaluation counts beside it. Only judges read a task's truth, and only evaluation reads this.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="StrictPass">Solved, and every needed answer was recorded for exactly the arguments given.</param>
/// <param name="RelevantCalled">Relevant APIs called successfully.</param>
/// <param name="Relevant">Relevant APIs of the task; 0 where unknown.</param>
/// <param name="Called">Distinct APIs called.</param>
public sealed record Judgement(Verdict Verdict, bool StrictPass, int RelevantCalled, int Relevant, int Called);
