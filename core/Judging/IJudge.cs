using StepTool.Core.Episodes;

namespace StepTool.Core.Judging;

/// <summary>Judges ended episodes. The only reader of a task's truth; features and rewards cannot reach it.</summary>
public interface IJudge
{
    /// <summary>Judges an ended episode. An empty, missing or give-up answer is Unsolved.</summary>
    Judgement Judge(Episode episode);
}
