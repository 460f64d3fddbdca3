using StepTool.Client.CommandLine;
using StepTool.Core.Evaluation.Plots;
using StepTool.Core.Evaluation.Reports;

namespace StepTool.Client.Reports;

/// <summary>Writes a report into a folder.</summary>
internal static class ReportFolder
{
    /// <summary>Writes report.json, report.md, report.html and, where something was learnt, learning-curve.svg; the folder is made where it is missing.</summary>
    /// <exception cref="Refusal">The folder cannot be written.</exception>
    public static async Task WriteAsync(string folder, Report report, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, "report.json"), report.ToJson(), cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "report.md"), ReportMarkdown.Render(report), cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "report.html"), ReportHtml.Render(report), cancellationToken);
            if (LearningCurveSvg.Render(report) is { } curve)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "learning-curve.svg"), curve, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refusal.Failed($"The report cannot be written to '{folder}': {exception.Message} Give another folder with --out; the run is kept, and the same command with --run writes its report again.", exception);
        }
    }
}
