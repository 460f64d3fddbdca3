namespace StepTool.Core.Features;

/// <summary>Character trigrams of terms, as sets of hashes: similar words share them though their stems differ.</summary>
internal static class Trigrams
{
    internal static HashSet<int> Of(IEnumerable<string> terms)
    {
        var trigrams = new HashSet<int>();
        foreach (var term in terms)
        {
            Add(term, trigrams);
        }

        return trigrams;
    }

    /// <summary>Share of the first set that the second holds.</summary>
    internal static float Containment(HashSet<int> contained, HashSet<int> container)
    {
        if (contained.Count == 0)
        {
            return 0;
        }

        var shared = 0;
        foreach (var trigram in contained)
        {
            shared += container.Contains(trigram) ? 1 : 0;
        }

        return (float)shared / contained.Count;
    }

    /// <summary>Share of a term's trigrams that a set holds.</summary>
    internal static float Containment(string term, HashSet<int> container)
    {
        var shared = 0;
        var (first, second) = ('^', term.Length > 0 ? term[0] : '$');
        for (var index = 1; index <= term.Length; index++)
        {
            var third = index < term.Length ? term[index] : '$';
            shared += container.Contains((first << 20) ^ (second << 10) ^ third) ? 1 : 0;
            (first, second) = (second, third);
        }

        return term.Length == 0 ? 0 : (float)shared / term.Length;
    }

    private static void Add(string term, HashSet<int> trigrams)
    {
        var (first, second) = ('^', term.Length > 0 ? term[0] : '$');
        for (var index = 1; index <= term.Length; index++)
        {
            var third = index < term.Length ? term[index] : '$';
            trigrams.Add((first << 20) ^ (second << 10) ^ third);
            (first, second) = (second, third);
        }
    }
}
