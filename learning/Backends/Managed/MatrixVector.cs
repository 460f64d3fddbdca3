namespace StepTool.Learning.Backends.Managed;

/// <summary>Products with a single column, where tiles would be almost empty.</summary>
internal static class MatrixVector
{
    public static void Multiply(
        MatMulForm form, int rows, int inner, ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> result, bool accumulate)
    {
        if (form == MatMulForm.LeftTransposed)
        {
            if (!accumulate)
            {
                result.Clear();
            }

            for (var term = 0; term < inner; term++)
            {
                Elementwise.AddScaled(left.Slice(term * rows, rows), right[term], result);
            }

            return;
        }

        for (var row = 0; row < rows; row++)
        {
            var product = Elementwise.Dot(left.Slice(row * inner, inner), right);
            result[row] = accumulate ? result[row] + product : product;
        }
    }
}
