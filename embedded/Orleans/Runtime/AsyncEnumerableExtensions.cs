namespace Orleans.Runtime;

/// <summary>How a grain's stream is fetched.</summary>
public static class AsyncEnumerableExtensions
{
    /// <summary>The most items that are fetched ahead. The embedded engine fetches none ahead, so it only states the wish.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than one.</exception>
    public static IAsyncEnumerable<T> WithBatchSize<T>(this IAsyncEnumerable<T> self, int maxBatchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatchSize, 1);
        return self;
    }
}
