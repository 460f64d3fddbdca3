namespace StepTool.Learning.Models;

/// <summary>The mean and scale that bring features to mean 0 and variance 1.</summary>
public static class FeatureStandardisation
{
    /// <summary>Deviations below this count as constant features, which are only shifted.</summary>
    private const double SmallestDeviation = 1e-6;

    /// <summary>Measures each feature over the rows.</summary>
    /// <param name="rows">The features [rows, features], at least one row.</param>
    /// <param name="mean">Receives the means [features].</param>
    /// <param name="scale">Receives one over the deviations [features]; 1 for a constant feature.</param>
    /// <exception cref="ArgumentException">The shapes differ or there is no row.</exception>
    public static void Measure(ReadOnlySpan<float> rows, Span<float> mean, Span<float> scale)
    {
        if (rows.IsEmpty || mean.Length != scale.Length || mean.IsEmpty || rows.Length % mean.Length != 0)
        {
            throw new ArgumentException($"Rows hold [{rows.Length}] numbers, the mean [{mean.Length}] and the scale [{scale.Length}]; rows of one width are needed.");
        }

        var count = rows.Length / mean.Length;
        for (var feature = 0; feature < mean.Length; feature++)
        {
            double sum = 0, squares = 0;
            for (var index = feature; index < rows.Length; index += mean.Length)
            {
                sum += rows[index];
            }

            var average = sum / count;
            for (var index = feature; index < rows.Length; index += mean.Length)
            {
                squares += (rows[index] - average) * (rows[index] - average);
            }

            var deviation = Math.Sqrt(squares / count);
            mean[feature] = (float)average;
            scale[feature] = deviation > SmallestDeviation ? (float)(1 / deviation) : 1;
        }
    }
}
