using StepTool.Learning.Objectives;

namespace StepTool.Learning.Learner;

/// <summary>How much of the returns' variance the critic foresaw.</summary>
internal static class ExplainedVariance
{
    /// <summary>1 - var(return - value) / var(return), over the decisions that belong to an episode; 0 when all returns are equal.</summary>
    public static double Measure(ReadOnlySpan<float> values, StepWeights weights)
    {
        double sum = 0, errorSum = 0, squares = 0, errorSquares = 0;
        var returns = weights.Returns.Span;
        foreach (var row in weights.Rows)
        {
            double error = returns[row] - values[row];
            sum += returns[row];
            squares += (double)returns[row] * returns[row];
            errorSum += error;
            errorSquares += error * error;
        }

        var count = weights.RowCount;
        var variance = (squares / count) - (sum / count * (sum / count));
        var errorVariance = (errorSquares / count) - (errorSum / count * (errorSum / count));
        return variance > 1e-12 ? 1 - (errorVariance / variance) : 0;
    }
}
