using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Core.Worlds.BuiltIn.Words;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>
/// One family of tools: a chain of nouns, each leading to the next, with attributes to be asked for at every link. A suite is a component: its tools
/// are relevant to its own tasks only.
/// </summary>
internal sealed class Suite
{
    /// <summary>Nouns of the chain, which is the greatest depth.</summary>
    public const int Links = 4;

    private const int ToolCount = 3;
    private const int Groups = 2;
    private const int AttributesPerGroup = 3;
    private static readonly string[] IdentifierWords = ["ref", "id", "key", "number"];
    private readonly Dictionary<Concept, string> _house = [];
    private readonly ImmutableArray<Attribute> _attributes;

    public Suite(int ordinal, Split split, Lexicon lexicon, ulong worldSeed, HashSet<string> takenToolNames)
    {
        Name = $"suite-{ordinal:D3}";
        (Split, Lexicon) = (split, lexicon);
        Seed = StableHash.Of(Name, worldSeed);
        var random = new SeededRandom(Seed);
        Domain = lexicon.Domains[random.NextInt(lexicon.Domains.Length)];
        Nouns = [.. Draw(Domain.Nouns, Links + 1, random)];
        IdentifierWord = IdentifierWords[random.NextInt(IdentifierWords.Length)];
        Variants = [.. Draw(lexicon.Variants, Links + Links + 1, random)];
        Selectors = [.. Draw(lexicon.Selectors, Links + 1, random)];
        _attributes = DrawAttributes(random);
        Tools = [.. Enumerable.Range(0, ToolCount).Select(_ => NewToolName(random, takenToolNames))];
    }

    /// <summary>Id of the component.</summary>
    public string Name { get; }

    public Split Split { get; }

    public Lexicon Lexicon { get; }

    public ulong Seed { get; }

    public Domain Domain { get; }

    /// <summary>The chain's nouns and one more, to which the last link's references point.</summary>
    public ImmutableArray<Noun> Nouns { get; }

    /// <summary>How this suite calls an identifier.</summary>
    public string IdentifierWord { get; }

    /// <summary>Published names of the tools.</summary>
    public ImmutableArray<string> Tools { get; }

    /// <summary>What sets the two references to <see cref="Nouns"/>[link + 1] apart; the last pair is for registered names.</summary>
    public ImmutableArray<Opposites> Selectors { get; }

    /// <summary>What sets near-twins apart: hops by link, attributes by link, then one pair for all that no query asks for.</summary>
    private ImmutableArray<Opposites> Variants { get; }

    /// <summary>The suite's own word for a concept.</summary>
    public string House(Concept concept) => _house.TryGetValue(concept, out var word) ? word : _house[concept] = Lexicon.House(concept, Seed);

    /// <summary>The suite's word with the probability given, else one of the others.</summary>
    public string Draw(Concept concept, double agreement, SeededRandom random)
    {
        var house = House(concept);
        if (random.NextDouble() < agreement)
        {
            return house;
        }

        var other = random.NextInt(concept.Forms.Length - 1);
        return concept.Forms[other + (other >= concept.Forms.IndexOf(house) ? 1 : 0)];
    }

    /// <summary>What is asked for at a link: three attributes of one group, 0 or 1.</summary>
    public ReadOnlySpan<Attribute> Attributes(int link, int group) =>
        _attributes.AsSpan().Slice(((link * Groups) + group) * AttributesPerGroup, AttributesPerGroup);

    /// <summary>What sets the API of a slot apart from its twin.</summary>
    public Concept Variant(Slot slot) => (slot.Kind switch
    {
        SlotKind.Hop => Variants[slot.Link],
        SlotKind.Attributes => Variants[Links + slot.Link],
        _ => Variants[^1],
    })[slot.Side];

    /// <summary>Field and parameter name of a noun's identifier.</summary>
    public string Reference(Noun noun) => $"{FieldWord(House(noun.Concept))}_{IdentifierWord}";

    /// <summary>A word as it stands in a field's name.</summary>
    public static string FieldWord(string word) => word.Replace(' ', '_');

    private ImmutableArray<Attribute> DrawAttributes(SeededRandom random)
    {
        var modifiers = Draw(Lexicon.Modifiers, Links * Groups * AttributesPerGroup, random);
        var attributes = ImmutableArray.CreateBuilder<Attribute>(modifiers.Length);
        for (var group = 0; group < Links * Groups; group++)
        {
            foreach (var measure in Draw(Lexicon.Measures, AttributesPerGroup, random))
            {
                var modifier = modifiers[attributes.Count];
                attributes.Add(new Attribute(modifier, measure, $"{FieldWord(House(modifier))}_{FieldWord(House(measure.Concept))}"));
            }
        }

        return attributes.MoveToImmutable();
    }

    private static T[] Draw<T>(ImmutableArray<T> items, int count, SeededRandom random)
    {
        var shuffled = items.ToArray();
        random.Shuffle(shuffled.AsSpan());
        return shuffled[..count];
    }

    private static string NewToolName(SeededRandom random, HashSet<string> taken)
    {
        string name;
        do
        {
            name = Names.Tool(random);
        }
        while (!taken.Add(name));

        return name;
    }
}

/// <summary>Something that can be asked for.</summary>
/// <param name="Modifier">First word of its name.</param>
/// <param name="Measure">Last word of its name, with the type of its values.</param>
/// <param name="Field">The field's name, the same in every answer of the suite.</param>
internal sealed record Attribute(Concept Modifier, Measure Measure, string Field);
