namespace StepTool.Learning.Backends.Managed;

/// <summary>Operations on runs of rows: each run holds one decision's candidates.</summary>
internal static class Segments
{
    /// <summary>Writes each run's row into all its rows, divided by their number where <paramref name="average"/>.</summary>
    public static void Spread(ReadOnlySpan<int> offsets, ReadOnlySpan<float> input, bool average, Span<float> result)
    {
        var segments = offsets.Length - 1;
        var columns = input.Length / segments;
        for (var segment = 0; segment < segments; segment++)
        {
            var source = input.Slice(segment * columns, columns);
            var first = result.Slice(offsets[segment] * columns, columns);
            if (average)
            {
                first.Clear();
                Elementwise.AddScaled(source, 1f / (offsets[segment + 1] - offsets[segment]), first);
            }
            else
            {
                source.CopyTo(first);
            }

            for (var row = offsets[segment] + 1; row < offsets[segment + 1]; row++)
            {
                first.CopyTo(result.Slice(row * columns, columns));
            }
        }
    }

    /// <summary>Adds up each run's rows, or averages them.</summary>
    public static void Sum(ReadOnlySpan<int> offsets, ReadOnlySpan<float> input, bool average, Span<float> result)
    {
        var segments = offsets.Length - 1;
        var columns = result.Length / segments;
        result.Clear();
        for (var segment = 0; segment < segments; segment++)
        {
            var sum = result.Slice(segment * columns, columns);
            for (var row = offsets[segment]; row < offsets[segment + 1]; row++)
            {
                Elementwise.AddScaled(input.Slice(row * columns, columns), 1, sum);
            }

            if (average)
            {
                var share = 1f / (offsets[segment + 1] - offsets[segment]);
                foreach (ref var value in sum)
                {
                    value *= share;
                }
            }
        }
    }

    /// <summary>The largest of each run's rows, column by column, and where it stands.</summary>
    public static void Max(ReadOnlySpan<int> offsets, ReadOnlySpan<float> input, Span<float> result, Span<int> rows)
    {
        var segments = offsets.Length - 1;
        var columns = result.Length / segments;
        for (var segment = 0; segment < segments; segment++)
        {
            var largest = result.Slice(segment * columns, columns);
            var where = rows.Slice(segment * columns, columns);
            input.Slice(offsets[segment] * columns, columns).CopyTo(largest);
            where.Fill(offsets[segment]);
            for (var row = offsets[segment] + 1; row < offsets[segment + 1]; row++)
            {
                Elementwise.KeepLargest(input.Slice(row * columns, columns), row, largest, where);
            }
        }
    }

    /// <summary>log softmax within each run.</summary>
    public static void LogSoftmax(ReadOnlySpan<int> offsets, ReadOnlySpan<float> logits, Span<float> result)
    {
        for (var segment = 0; segment < offsets.Length - 1; segment++)
        {
            var source = logits[offsets[segment]..offsets[segment + 1]];
            var largest = float.NegativeInfinity;
            foreach (var logit in source)
            {
                largest = MathF.Max(largest, logit);
            }

            var sum = 0.0;
            foreach (var logit in source)
            {
                sum += MathF.Exp(logit - largest);
            }

            var logSum = (float)Math.Log(sum);
            var target = result[offsets[segment]..offsets[segment + 1]];
            for (var candidate = 0; candidate < source.Length; candidate++)
            {
                target[candidate] = source[candidate] - largest - logSum;
            }
        }
    }
}
