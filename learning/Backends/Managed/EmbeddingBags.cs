namespace StepTool.Learning.Backends.Managed;

/// <summary>Sums of rows of a table, one for each bag of terms, and their gradient.</summary>
internal static unsafe class EmbeddingBags
{
    public static void Require(ReadOnlySpan<int> offsets, ReadOnlySpan<int> terms, int table, int columns, int bags)
    {
        Shapes.RequireRows("table", table, columns);
        Shapes.Require("the values of bags", bags, offsets.Length - 1, columns);
        if (offsets[^1] != terms.Length)
        {
            throw new ArgumentException($"The bags end at {offsets[^1]}, there are [{terms.Length}] terms.", nameof(offsets));
        }

        foreach (var term in terms)
        {
            if ((uint)term >= (uint)(table / columns))
            {
                throw new ArgumentOutOfRangeException(nameof(terms), term, $"Term {term} has no row; the table has rows 0 to {(table / columns) - 1}.");
            }
        }
    }

    /// <summary>Shared by rows of the result.</summary>
    public readonly struct Forward(int* offsets, int bags, int* terms, float* table, int columns, float* result) : IWork
    {
        public void Run(int index)
        {
            var step = Pieces.Rows(columns);
            for (var bag = index * step; bag < Math.Min(bags, (index + 1) * step); bag++)
            {
                var sum = new Span<float>(result + ((nint)bag * columns), columns);
                sum.Clear();
                for (var place = offsets[bag]; place < offsets[bag + 1]; place++)
                {
                    Elementwise.AddScaled(new ReadOnlySpan<float>(table + ((nint)terms[place] * columns), columns), 1, sum);
                }
            }
        }
    }

    /// <summary>Shared by columns, since bags share rows of the table.</summary>
    public readonly struct Backward(int* offsets, int bags, int count, int* terms, float* gradient, int columns, float* table) : IWork
    {
        public void Run(int index)
        {
            var width = Pieces.OfColumns(count, columns) == 1 ? columns : Pieces.Columns;
            var (start, own) = (index * width, Math.Min(width, columns - (index * width)));
            for (var bag = 0; bag < bags; bag++)
            {
                var slope = new ReadOnlySpan<float>(gradient + ((nint)bag * columns) + start, own);
                for (var place = offsets[bag]; place < offsets[bag + 1]; place++)
                {
                    Elementwise.AddScaled(slope, 1, new Span<float>(table + ((nint)terms[place] * columns) + start, own));
                }
            }
        }
    }

    /// <summary>Fills with zeros.</summary>
    public readonly struct Zeros(float* values, int length) : IWork
    {
        public void Run(int index) => new Span<float>(values + (index * Pieces.Length), Math.Min(Pieces.Length, length - (index * Pieces.Length))).Clear();
    }
}
