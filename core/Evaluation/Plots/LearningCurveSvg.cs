using StepTool.Core.Evaluation.Reports;

namespace StepTool.Core.Evaluation.Plots;

/// <summary>A report's learning curve as a picture that stands alone, light and dark by the reader's preference.</summary>
public static class LearningCurveSvg
{
    /// <summary>Draws it; null where nothing was learned.</summary>
    public static string? Render(Report report) => new ReportPlots(report).LearningCurve()?.Draw(680, 380, PlotStyle.Alone);
}
