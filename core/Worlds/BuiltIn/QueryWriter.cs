using System.Text;
using StepTool.Core.Chance;
using StepTool.Core.Worlds.BuiltIn.Words;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>Says a plan in words.</summary>
internal sealed class QueryWriter(ChainPlan plan, BuiltInWorldOptions options, SeededRandom random)
{
    private static readonly string[] Asks = ["what is", "tell me", "look up", "report", "give me", "I would like to know"];
    private static readonly string[] Starts = ["start from", "begin with", "go from", "take"];
    private readonly Suite _suite = plan.Suite;

    /// <summary>The query.</summary>
    /// <param name="literal">The identifier that the query knows, or the registered name.</param>
    public string Write(string literal)
    {
        var start = plan.Kind == TaskKind.Probe
            ? $"the {Say(_suite.Selectors[^1][plan.NameSide])} {Noun(plan.Start)} registered as \"{literal}\""
            : $"the {Noun(plan.Start)} {literal}";
        return English.Sentence(plan.Depth > 1 && random.NextInt(2) == 0 ? Forwards(start) : Backwards(start));
    }

    private string Backwards(string start)
    {
        var ask = Pick(Asks);
        var text = new StringBuilder($"{ask} {Wanted()} of ");
        for (var step = plan.Depth - 2; step >= 0; step--)
        {
            text.Append("the ").Append(Hop(step)).Append(" of ");
        }

        return text.Append(start).Append(ask.StartsWith("what", StringComparison.Ordinal) ? '?' : '.').ToString();
    }

    private string Forwards(string start)
    {
        var text = new StringBuilder($"{Pick(Starts)} {start}. Find its {Hop(0)}");
        for (var step = 1; step < plan.Depth - 1; step++)
        {
            text.Append(", then the ").Append(Hop(step)).Append(" of that");
        }

        return text.Append(" and ").Append(Pick(Asks[1..])).Append(' ').Append(Wanted()).Append(" of it.").ToString();
    }

    private string Hop(int step)
    {
        var (selector, variant) = (Say(plan.Selector(step)), Say(_suite.Variant(plan.Slots[step])));
        return $"{(random.NextInt(2) == 0 ? $"{selector} {variant}" : $"{variant} {selector}")} {Noun(plan.Start + step + 1)}";
    }

    // At least one word of the attribute is the field's own: the composed answer picks fields by words that the query shares with their names.
    private string Wanted()
    {
        var (modifier, measure) = (plan.Attribute.Modifier, plan.Attribute.Measure.Concept);
        var said = Say(modifier);
        var measured = said == _suite.House(modifier) ? Say(measure) : _suite.House(measure);
        return $"the {Say(_suite.Variant(plan.Slots[^1]))} {said} {measured}";
    }

    private string Noun(int link) => Say(_suite.Nouns[link].Concept);

    private string Say(Concept concept) => _suite.Draw(concept, options.QueryAgreement, random);

    private string Pick(string[] choices) => choices[random.NextInt(choices.Length)];
}
