using StepTool.Core.Text;
using StepTool.Core.Worlds.BuiltIn.Words;
using Xunit;

namespace StepTool.Tests.Worlds.BuiltIn.Words;

[Trait("Kind", "Unit")]
public sealed class LexiconTests
{
    private static readonly Lexicon Training = new(1, isTestSide: false);
    private static readonly Lexicon Testing = new(1, isTestSide: true);

    [Fact]
    public void Concepts_OfBothSides_ShareNoStem()
    {
        var owners = Concepts(Training).Concat(Concepts(Testing)).DistinctBy(concept => concept.Forms[0])
            .SelectMany(concept => concept.Forms.SelectMany(Tokeniser.Terms).Distinct().Select(term => (term, concept.Forms[0])));
        Assert.All(owners.GroupBy(pair => pair.term), term => Assert.Single(term));
    }

    [Fact]
    public void Concepts_Any_HaveThreeFormsThatSearchKeeps() => Assert.All(Concepts(Training), concept =>
    {
        Assert.Equal(3, concept.Forms.Distinct().Count());
        Assert.All(concept.Forms, form => Assert.NotEmpty(Tokeniser.Terms(form)));
    });

    [Fact]
    public void Concepts_TwoSides_ShareAboutHalf()
    {
        var (training, testing) = (Names(Training), Names(Testing));
        var (shared, all) = (training.Intersect(testing).Count(), training.Union(testing).Count());
        Assert.InRange((double)shared / all, 0.45, 0.6);
    }

    [Fact]
    public void House_SharedConcepts_PrefersOtherForms()
    {
        var shared = Concepts(Training).Where(concept => Names(Testing).Contains(concept.Forms[0])).ToArray();
        var same = shared.Count(concept => Training.House(concept, 5) == Testing.House(concept, 6));
        Assert.InRange((double)same / shared.Length, 0, 0.4);
    }

    [Fact]
    public void Prefixes_AllNouns_AreUnique()
    {
        var nouns = Training.Domains.Concat(Testing.Domains).DistinctBy(domain => domain.Name).SelectMany(domain => domain.Nouns).ToArray();
        Assert.Equal(nouns.Length, nouns.Select(noun => noun.Prefix).Distinct().Count());
    }

    [Theory]
    [InlineData("delivery", "deliveries")]
    [InlineData("journey", "journeys")]
    [InlineData("branch", "branches")]
    [InlineData("repairman", "repairmen")]
    [InlineData("order", "orders")]
    public void Plural_Noun_IsInflected(string noun, string expected) => Assert.Equal(expected, English.Plural(noun));

    private static HashSet<string> Names(Lexicon lexicon) => [.. Concepts(lexicon).Select(concept => concept.Forms[0])];

    private static IEnumerable<Concept> Concepts(Lexicon lexicon) =>
    [
        .. lexicon.Domains.SelectMany(domain => domain.Nouns).Select(noun => noun.Concept),
        .. lexicon.Variants.Concat(lexicon.Selectors).SelectMany(pair => new[] { pair.First, pair.Second }),
        .. lexicon.Modifiers,
        .. lexicon.Measures.Select(measure => measure.Concept),
    ];
}
