using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Core.Tools;
using StepTool.Core.Worlds.BuiltIn.Words;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>Writes one API of a suite. Right and wrong APIs go through the same sentences: only the concepts they speak of differ.</summary>
internal sealed class ApiWriter(Suite suite, Slot slot, BuiltInWorldOptions options)
{
    private const double StrictShare = 0.2;
    private const double OptionalShare = 0.2;
    private static readonly string[][] Tails = [["sheet", "card", "facts"], ["profile", "figures", "particulars"]];
    private static readonly string[] FillerNames = ["lines", "revision", "synced_on", "pages_read", "touched_on", "views"];
    private readonly SeededRandom _random = new(slot.Seed(suite.Seed, ofData: false));

    /// <summary>The API, under a key that is not among those given; its key joins them.</summary>
    public GeneratedApi Write(HashSet<ApiKey> taken)
    {
        var tool = (int)(slot.Seed(suite.Seed, ofData: true) % (ulong)suite.Tools.Length);
        var name = slot.Kind is SlotKind.Hop or SlotKind.DeadEnd ? HopName() : AttributeName();
        var description = slot.Kind is SlotKind.Hop or SlotKind.DeadEnd ? HopDescription() : AttributeDescription();
        if (slot.IsMirror)
        {
            description += $" The same answers as {suite.Tools[tool]}.";
            tool = (tool + 1 + _random.NextInt(suite.Tools.Length - 1)) % suite.Tools.Length;
        }

        var key = ApiKey.FromNames(suite.Domain.Name, suite.Tools[tool], name);
        for (var number = 2; !taken.Add(key); number++)
        {
            key = ApiKey.FromNames(suite.Domain.Name, suite.Tools[tool], $"{name} {number}");
        }

        return new GeneratedApi
        {
            Suite = suite,
            Slot = slot,
            Parameter = suite.Reference(suite.Nouns[slot.Link]),
            IsStrict = _random.NextDouble() < StrictShare,
            DataSeed = slot.Seed(suite.Seed, ofData: true),
            Fields = Fields(),
            Documentation = new ApiDocumentation
            {
                Key = key,
                ToolName = suite.Tools[tool],
                ApiName = name,
                ToolDescription = ToolDescription(tool),
                Description = description,
                Parameters = Parameters(),
            },
        };
    }

    private string HopName()
    {
        var (variant, from, to) = (Variant(), Noun(slot.Link), Noun(slot.Target));
        return _random.NextInt(4) switch
        {
            0 => $"{variant} {English.Plural(to)} of {from}",
            1 => $"{from} {variant} {English.Plural(to)}",
            2 => $"find {variant} {English.Plural(to)} by {from}",
            _ => $"{variant} {to} lookup for {from}",
        };
    }

    private string AttributeName()
    {
        var tails = Tails[slot.Group];
        var tail = slot.Kind == SlotKind.Digest ? "overview" : tails[_random.NextInt(tails.Length)];
        var (variant, noun) = (Variant(), Noun(slot.Link));
        return _random.NextInt(4) switch
        {
            0 => $"{variant} {noun} {tail}",
            1 => $"{noun} {variant} {tail}",
            2 => $"get {variant} {tail} of {noun}",
            _ => $"{variant} {tail} for one {noun}",
        };
    }

    private string HopDescription()
    {
        var opposites = suite.Selectors[slot.Target - 1];
        var side = _random.NextInt(2);
        var (one, other) = (Say(opposites[side]), Say(opposites[1 - side]));
        var (from, to, found) = (Noun(slot.Link), $"{Variant()} {English.Plural(Noun(slot.Target))}", Noun(slot.Target));
        return _random.NextInt(3) switch
        {
            0 => $"Takes {English.A(from)} {IdentifierWord} and returns its {to}: the {IdentifierWord} of the {one} {found} and of the {other} one.",
            1 => $"Lists {to} that belong to one {from}; the answer names the {one} and the {other} {found}.",
            _ => $"For a given {from}, finds its {to} and tells which {found} is the {one} and which the {other} one.",
        };
    }

    private string AttributeDescription()
    {
        var attributes = suite.Attributes(slot.Target, slot.Group).ToArray();
        _random.Shuffle(attributes.AsSpan());
        var said = attributes.Select(attribute => $"{Say(attribute.Modifier)} {Say(attribute.Measure.Concept)}").ToArray();
        var (variant, noun) = (Variant(), Noun(slot.Link));
        return (slot.Kind == SlotKind.Digest ? 3 : _random.NextInt(3)) switch
        {
            0 => $"Takes {English.A(noun)} {IdentifierWord} and returns its {variant} {said[0]}, {said[1]} and {said[2]}.",
            1 => $"Tells the {variant} {said[0]}, {said[1]} and {said[2]} that belong to one {noun}, given its {IdentifierWord}.",
            2 => $"For a given {noun}, finds its {variant} {said[0]}, {said[1]} and {said[2]}.",
            _ => $"Sums up for one {noun} the {variant} {said[0]}, {said[1]} and {said[2]} of all that it leads to.",
        };
    }

    private string ToolDescription(int tool)
    {
        var about = _random.NextInt(Suite.Links - 1);
        return $"{suite.Tools[tool]} keeps {suite.Domain.Name} data about {English.Plural(Noun(about))}, {English.Plural(Noun(about + 1))} and more.";
    }

    private ImmutableArray<ParameterDocumentation> Parameters()
    {
        var noun = suite.Nouns[slot.Link];
        var meaning = $"{English.Sentence(IdentifierWord)} of the {Noun(slot.Link)}, written {noun.Prefix}-nnnn.";
        var identifier = new ParameterDocumentation(suite.Reference(noun), ParameterType.Text, true, meaning, null, []);
        return _random.NextDouble() >= OptionalShare
            ? [identifier]
            : [identifier, new ParameterDocumentation("max_rows", ParameterType.Number, false, "Most rows to read.", "20", [])];
    }

    private ImmutableArray<FieldRule> Fields()
    {
        var rules = new List<FieldRule> { new EchoField(suite.Reference(suite.Nouns[slot.Link])) };
        var isAttribute = slot.Kind is SlotKind.Attributes or SlotKind.Digest;
        var pointed = slot.Kind switch { SlotKind.Attributes => slot.Link + 1, SlotKind.Digest => Suite.Links, _ => slot.Target };
        for (var side = 0; side < 2; side++)
        {
            var selector = suite.Draw(suite.Selectors[pointed - 1][side], options.FieldAgreement, _random);
            rules.Add(new ReferenceField($"{Suite.FieldWord(selector)}_{suite.Reference(suite.Nouns[pointed])}", suite.Nouns[pointed].Prefix, side));
        }

        if (isAttribute)
        {
            rules.AddRange(suite.Attributes(slot.Target, slot.Group).ToArray()
                .Select(attribute => new ValueField(attribute.Field, attribute.Measure.Kind)));
        }

        if (slot.Kind == SlotKind.Digest)
        {
            rules.Add(new RemarkField("remark", ValueKind.Amount));
        }

        var fillers = FillerNames.ToArray();
        _random.Shuffle(fillers.AsSpan());
        var count = (isAttribute ? 0 : 2) + _random.NextInt(3);
        rules.AddRange(fillers.Take(count)
            .Select(name => new ValueField(name, name.EndsWith("_on", StringComparison.Ordinal) ? ValueKind.Day : ValueKind.Count)));
        var shuffled = rules.ToArray();
        _random.Shuffle(shuffled.AsSpan());
        return [.. shuffled];
    }

    private string IdentifierWord => suite.IdentifierWord switch { "ref" => "reference", "id" => "identifier", var word => word };

    private string Variant() => Say(suite.Variant(slot));

    private string Noun(int link) => Say(suite.Nouns[link].Concept);

    private string Say(Concept concept) => suite.Draw(concept, options.DocumentationAgreement, _random);
}
