namespace StepTool.Core.Text;

/// <summary>Okapi BM25 over a fixed set of documents. Immutable; safe for concurrent use.</summary>
/// <remarks>Robertson and Zaragoza 2009, equation 3.15, with the idf of Lucene, ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.</remarks>
public sealed class Bm25
{
    private readonly Dictionary<string, Posting[]> _postings;

    /// <summary>Indexes documents.</summary>
    /// <param name="documents">Each document's terms, repeats included.</param>
    /// <param name="k1">How slowly repeats of a term saturate; at least 0, default 1.2.</param>
    /// <param name="b">How much long documents are held back; 0 to 1, default 0.75.</param>
    /// <exception cref="ArgumentOutOfRangeException">k1 or b is out of range.</exception>
    public Bm25(IReadOnlyList<IReadOnlyList<string>> documents, double k1 = 1.2, double b = 0.75)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentOutOfRangeException.ThrowIfNegative(k1);
        ArgumentOutOfRangeException.ThrowIfNegative(b);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(b, 1);
        Count = documents.Count;
        var meanLength = Count == 0 ? 1 : Math.Max(1, documents.Average(document => (double)document.Count));
        var occurrences = new Dictionary<string, List<(int Document, int Count)>>(StringComparer.Ordinal);
        for (var index = 0; index < Count; index++)
        {
            foreach (var (term, count) in documents[index].CountBy(term => term))
            {
                var holders = occurrences.TryGetValue(term, out var known) ? known : occurrences[term] = [];
                holders.Add((index, count));
            }
        }

        _postings = occurrences.ToDictionary(
            entry => entry.Key,
            entry =>
            {
                var idf = Idf(entry.Value.Count);
                return entry.Value.Select(holder => new Posting(holder.Document, idf * Saturated(holder.Count, documents[holder.Document].Count / meanLength))).ToArray();
            },
            StringComparer.Ordinal);
        double Saturated(int count, double relativeLength) => count * (k1 + 1) / (count + (k1 * (1 - b + (b * relativeLength))));
    }

    /// <summary>Number of documents.</summary>
    public int Count { get; }

    /// <summary>Inverse document frequency of a term: high for rare ones, and highest for one that no document holds.</summary>
    public double Idf(string term) => Idf(_postings.TryGetValue(term, out var holders) ? holders.Length : 0);

    /// <summary>Score of one document for a query; a term counts once for each time the query holds it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no document of that index.</exception>
    public double Score(IReadOnlyList<string> query, int document)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfNegative(document);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(document, Count);
        var score = 0.0;
        foreach (var term in query)
        {
            if (_postings.TryGetValue(term, out var holders))
            {
                var at = Array.BinarySearch(holders, new Posting(document, 0), Posting.ByDocument);
                score += at >= 0 ? holders[at].Weight : 0;
            }
        }

        return score;
    }

    /// <summary>Scores of all documents for a query, by index.</summary>
    public double[] Scores(IReadOnlyList<string> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var scores = new double[Count];
        foreach (var term in query)
        {
            if (_postings.TryGetValue(term, out var holders))
            {
                foreach (var holder in holders)
                {
                    scores[holder.Document] += holder.Weight;
                }
            }
        }

        return scores;
    }

    private double Idf(int holders) => Math.Log(1 + ((Count - holders + 0.5) / (holders + 0.5)));

    private readonly record struct Posting(int Document, double Weight)
    {
        public static readonly IComparer<Posting> ByDocument = Comparer<Posting>.Create((left, right) => left.Document.CompareTo(right.Document));
    }
}
