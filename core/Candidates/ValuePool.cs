using StepTool.Core.Episodes;
using StepTool.Core.Text;
using StepTool.Core.Tools;

namespace StepTool.Core.Candidates;

/// <summary>The values an agent could put into arguments now, ranked for a parameter.</summary>
internal sealed class ValuePool
{
    private const int MaxRanked = 4;
    private const int MaxFallbackLength = 80;
    private const float QueryBase = 0.35f;
    private const float RecencyStep = 0.02f;
    private static readonly HashSet<string> Generic = Tokeniser.TermSet("id ref code key number num name value uuid slug token");
    private static readonly HashSet<string> Identifying = Tokeniser.TermSet("id ref code key number num uuid slug token");

    private readonly Situation _situation;
    private readonly List<ArgumentBinding> _ranked = new(MaxRanked + 1);

    internal ValuePool(Situation situation) => _situation = situation;

    /// <summary>The values that fit a parameter, best first: names that match, then recency; documented choices and defaults behind real matches.</summary>
    /// <returns>The same list each time, filled anew.</returns>
    internal List<ArgumentBinding> Rank(ParameterDocumentation parameter, int index)
    {
        var terms = TermCache.Terms(parameter.Name);
        _ranked.Clear();
        Take(TextReading.OfQuery(_situation.Task.Query), ArgumentSource.Query, -1, parameter, index, terms);
        for (var step = _situation.Steps.Length - 1; step >= 0; step--)
        {
            var source = _situation.Steps[step].Success ? ArgumentSource.Observation : ArgumentSource.Error;
            Take(TextReading.OfObservation(_situation.Steps[step].Observation), source, step, parameter, index, terms);
        }

        foreach (var choice in parameter.Choices)
        {
            var mentioned = _situation.Task.Query.Contains(choice, StringComparison.OrdinalIgnoreCase);
            Insert(_ranked, new ArgumentBinding(index, choice, ArgumentSource.Choice, -1, "", mentioned ? 1f : 0.1f));
        }

        if (parameter.Default is { Length: > 0 } text)
        {
            Insert(_ranked, new ArgumentBinding(index, text, ArgumentSource.Default, -1, "", 0.3f));
        }

        return _ranked;
    }

    private void Take(TextReading reading, ArgumentSource source, int step, ParameterDocumentation parameter, int index, string[] terms)
    {
        var age = step < 0 ? 0 : _situation.Steps.Length - 1 - step;
        foreach (var value in reading.Values)
        {
            var match = Match(parameter, terms, value, source);
            if (match > 0)
            {
                Insert(_ranked, new ArgumentBinding(index, value.Observed.Value, source, step, value.Observed.Field, match - (RecencyStep * age)));
            }
        }
    }

    // Keeps the best few, best first, each value once; of equal matches the earlier one stays in front.
    private static void Insert(List<ArgumentBinding> ranked, ArgumentBinding binding)
    {
        for (var known = 0; known < ranked.Count; known++)
        {
            if (ranked[known].Value == binding.Value)
            {
                if (ranked[known].Match >= binding.Match)
                {
                    return;
                }

                ranked.RemoveAt(known);
                break;
            }
        }

        var at = ranked.Count;
        while (at > 0 && ranked[at - 1].Match < binding.Match)
        {
            at--;
        }

        if (at < MaxRanked)
        {
            ranked.Insert(at, binding);
            if (ranked.Count > MaxRanked)
            {
                ranked.RemoveAt(MaxRanked);
            }
        }
    }

    /// <summary>A value for a parameter that nothing fits: the query's text, or the type's plainest value.</summary>
    internal ArgumentBinding Fallback(ParameterDocumentation parameter, int index)
    {
        var value = parameter.Type switch
        {
            ParameterType.Number => "1",
            ParameterType.Boolean => "true",
            ParameterType.Object => "{}",
            ParameterType.Array => "[]",
            _ => TextCut.To(_situation.Task.Query, MaxFallbackLength),
        };
        return new ArgumentBinding(index, value, ArgumentSource.Fallback, -1, "", 0);
    }

    private static float Match(ParameterDocumentation parameter, string[] terms, NamedValue value, ArgumentSource source)
    {
        if (!FitsType(parameter.Type, value.Observed.Value) || terms.Length == 0)
        {
            return 0;
        }

        var (specific, shared, sharedSpecific) = (0, 0, 0);
        foreach (var term in terms)
        {
            var isShared = value.Terms.AsSpan().Contains(term);
            var isSpecific = !Generic.Contains(term);
            specific += isSpecific ? 1 : 0;
            shared += isShared ? 1 : 0;
            sharedSpecific += isShared && isSpecific ? 1 : 0;
        }

        var share = specific > 0 ? (float)sharedSpecific / specific : (float)shared / terms.Length;
        if (Identifying.Contains(terms[^1]) && !LooksIdentifying(value.Observed.Value))
        {
            return 0;
        }

        if (source == ArgumentSource.Query)
        {
            return QueryBase + (0.6f * share);
        }

        // An answer's field must be about the same thing; a bare "ref" fits a bare "ref" only.
        return share <= 0 ? 0 : specific == 0 ? 0.5f : 0.4f + (0.6f * share);
    }

    private static bool FitsType(ParameterType type, string value) => type switch
    {
        ParameterType.Number => NumberForm.TryNormalise(value, out _),
        ParameterType.Boolean => bool.TryParse(value, out _),
        ParameterType.Object or ParameterType.Array => false,
        _ => true,
    };

    private static bool LooksIdentifying(string value) => value.AsSpan().IndexOfAnyInRange('0', '9') >= 0 || !value.Contains(' ', StringComparison.Ordinal);
}
