using System.Collections.Immutable;
using StepTool.Core.Chance;

namespace StepTool.Core.Worlds.BuiltIn.Words;

/// <summary>
/// The words of one side of the split. Of every list half the concepts are known to both sides, a quarter to the training side (train and dev) and a
/// quarter to the test side only; of the shared ones each side prefers other forms.
/// </summary>
internal sealed class Lexicon
{
    private const double PreferredShare = 0.75;
    private readonly bool _isTestSide;

    /// <summary>Selects a side's concepts.</summary>
    /// <param name="seed">The world's seed: it decides which concepts are shared.</param>
    /// <param name="isTestSide">Whether the words are for test tasks.</param>
    public Lexicon(ulong seed, bool isTestSide)
    {
        _isTestSide = isTestSide;
        Domains = Select(ReadDomains(), seed, isTestSide);
        Variants = Select(ReadOpposites(QualifierWords.Variants), seed, isTestSide);
        Selectors = Select(ReadOpposites(QualifierWords.Selectors), seed, isTestSide);
        Modifiers = Select([.. Lines(AttributeWords.Modifiers).Select(Concept.Parse)], seed, isTestSide);
        // By type of value, so that each side knows measures of all types.
        Measures = [.. ReadMeasures().GroupBy(measure => measure.Kind).SelectMany(kind => Select([.. kind], seed, isTestSide))];
    }

    public ImmutableArray<Domain> Domains { get; }

    /// <summary>What sets APIs apart.</summary>
    public ImmutableArray<Opposites> Variants { get; }

    /// <summary>What sets references of one answer apart.</summary>
    public ImmutableArray<Opposites> Selectors { get; }

    public ImmutableArray<Concept> Modifiers { get; }

    public ImmutableArray<Measure> Measures { get; }

    /// <summary>The word that a suite uses for a concept wherever it agrees with itself.</summary>
    public string House(Concept concept, ulong suiteSeed)
    {
        var chance = new SeededRandom(StableHash.Of(concept.Forms[0], suiteSeed));
        var preferred = _isTestSide ? concept.Forms.Length - 1 : 0;
        return concept.Forms[chance.NextDouble() < PreferredShare ? preferred : chance.NextInt(concept.Forms.Length)];
    }

    private static ImmutableArray<T> Select<T>(T[] all, ulong seed, bool isTestSide)
    {
        new SeededRandom(StableHash.Combine(seed, (ulong)all.Length)).Shuffle(all.AsSpan());
        var shared = (all.Length + 1) / 2;
        var middle = shared + ((all.Length - shared) / 2);
        return isTestSide ? [.. all[..shared], .. all[middle..]] : [.. all[..middle]];
    }

    private static Domain[] ReadDomains()
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. Lines(DomainWords.Text.Replace("\n|", "|", StringComparison.Ordinal)).Select(line =>
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var nouns = line[(colon + 1)..].Split('|').Select(Concept.Parse);
            return new Domain(line[..colon], [.. nouns.Select(noun => new Noun(noun, Prefix(noun.Forms[0], taken)))]);
        })];
    }

    private static string Prefix(string word, HashSet<string> taken)
    {
        for (var third = 2; third < word.Length; third++)
        {
            var prefix = $"{word[..2]}{word[third]}";
            if (taken.Add(prefix))
            {
                return prefix;
            }
        }

        throw new InvalidOperationException($"No three letters of '{word}' are free as a prefix of identifiers; choose another first form.");
    }

    private static Opposites[] ReadOpposites(string text) =>
        [.. Lines(text).Select(line => line.Split('|')).Select(sides => new Opposites(Concept.Parse(sides[0]), Concept.Parse(sides[1])))];

    private static IEnumerable<Measure> ReadMeasures() =>
        Lines(AttributeWords.Measures).Select(line => line.Split(':'))
            .Select(parts => new Measure(Concept.Parse(parts[1]), Enum.Parse<ValueKind>(parts[0])));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
