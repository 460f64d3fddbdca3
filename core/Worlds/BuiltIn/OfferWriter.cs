using System.Collections.Immutable;
using StepTool.Core.Chance;
using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.BuiltIn;

/// <summary>
/// Chooses what a task offers: the chain, and distractors in near-twin pairs throughout, so that having a twin tells nothing. Shuffled.
/// </summary>
internal sealed class OfferWriter(ChainPlan plan, Catalogue catalogue, IReadOnlyList<Suite> sameSplit, SeededRandom random)
{
    private const int Fewest = 11;
    private readonly HashSet<GeneratedApi> _offered = [];

    // Long chains have more APIs whose argument is a matter of choice; fewer distractors keep all of those choices among the candidates.
    private readonly int _most = Fewest + random.NextInt(plan.Depth == Suite.Links ? 2 : 3);

    /// <summary>The offered APIs, in the order the agent sees them.</summary>
    /// <param name="chain">The calls of the chain.</param>
    public ImmutableArray<ApiKey> Write(IReadOnlyList<ChainCall> chain)
    {
        foreach (var call in chain)
        {
            OfferPair(plan.Suite, call.Api.Slot);
            if (call.Mirror is not null)
            {
                _offered.Add(call.Mirror);
            }
        }

        if (plan.DeadEnd is { } deadEnd)
        {
            OfferPair(plan.Suite, deadEnd);
        }

        if (plan.Digest is { } digest)
        {
            OfferPair(plan.Suite, digest);
        }

        OfferRelated();
        while (_offered.Count < _most)
        {
            OfferForeign();
        }

        var offered = _offered.Select(api => api.Key).ToArray();
        random.Shuffle(offered.AsSpan());
        return [.. offered];
    }

    // Other uses of the chain's own nouns: what a query of the same suite could have asked for.
    private void OfferRelated()
    {
        List<Slot> related = [Slot.Attributes(plan.Start, plan.Depth == 1 ? 1 - plan.Group : random.NextInt(2), 0)];
        if (plan.Depth < Suite.Links)
        {
            related.Add(Slot.Attributes(plan.End, 1 - plan.Group, 0));
            if (plan.End < Suite.Links - 1)
            {
                related.Add(Slot.Hop(plan.End, 0));
            }
        }

        var slots = related.Distinct().ToArray();
        random.Shuffle(slots.AsSpan());
        foreach (var slot in slots.Take(plan.Depth <= 2 ? 2 : 1))
        {
            if (_offered.Count + 2 <= _most)
            {
                OfferPair(plan.Suite, slot);
            }
        }
    }

    private void OfferForeign()
    {
        var suite = sameSplit[random.NextInt(sameSplit.Count)];
        if (suite.Domain.Name == plan.Suite.Domain.Name)
        {
            return;
        }

        var side = random.NextInt(2);
        var slot = random.NextInt(5) < 3
            ? Slot.Hop(random.NextInt(Suite.Links - 1), side)
            : Slot.Attributes(random.NextInt(Suite.Links), random.NextInt(2), side);
        if (_offered.Count + 2 <= _most)
        {
            OfferPair(suite, slot);
        }
        else
        {
            _offered.Add(catalogue.Get(suite, slot));
        }
    }

    private void OfferPair(Suite suite, Slot slot)
    {
        _offered.Add(catalogue.Get(suite, slot));
        _offered.Add(catalogue.Get(suite, slot.Twin));
    }
}
