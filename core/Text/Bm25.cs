namespace StepTool.Core.Text;

/// <summary>Okapi BM25 over a fixed set of documents. Immutable; safe for concurrent use.</summary>
/// <remarks>Robertson and Zaragoza 2009, equation 3.15, with the idf of Lucene, ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.</remarks>
public sealed class Bm25
{
    private readonly Dictionary<string, Dictionary<int, int>> _postings = [];
    private readonly double[] _lengthNorms;
    private readonly double _k1;

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
        _k1 = k1;
        _lengthNorms = new double[documents.Count];
        var meanLength = documents.Count == 0 ? 1 : Math.Max(1, documents.Average(document => (double)document.Count));
        for (var index = 0; index < documents.Count; index++)
        {
            _lengthNorms[index] = k1 * (1 - b + (b * documents[index].Count / meanLength));
            foreach (var term in documents[index])
            {
                var counts = _postings.TryGetValue(term, out var known) ? known : _postings[term] = [];
                counts[index] = counts.GetValueOrDefault(index) + 1;
            }
        }
    }

    /// <summary>Number of documents.</summary>
    public int Count => _lengthNorms.Length;

    /// <summary>Inverse document frequency of a term: high for rare ones, and highest for one that no document holds.</summary>
    public double Idf(string term)
    {
        var holders = _postings.TryGetValue(term, out var counts) ? counts.Count : 0;
        return Math.Log(1 + ((Count - holders + 0.5) / (holders + 0.5)));
    }

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
            if (_postings.TryGetValue(term, out var counts) && counts.TryGetValue(document, out var count))
            {
                score += Idf(term) * Weight(count, document);
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
            if (_postings.TryGetValue(term, out var counts))
            {
                var idf = Idf(term);
                foreach (var (document, count) in counts)
                {
                    scores[document] += idf * Weight(count, document);
                }
            }
        }

        return scores;
    }

    private double Weight(int count, int document) => count * (_k1 + 1) / (count + _lengthNorms[document]);
}
