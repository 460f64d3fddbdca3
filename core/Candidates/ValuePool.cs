using System.Globalization;
using StepTool.Core.Episodes;
using StepTool.Core.Tools;
using StepTool.Core.Text;

namespace StepTool.Core.Candidates;

/// <summary>The values an agent could put into arguments now, ranked for a parameter.</summary>
internal sealed class ValuePool
{
    private const int MaxRanked = 4;
    private const float QueryBase = 0.35f;
    private const float RecencyStep = 0.02f;
    private static readonly HashSet<string> Generic = ["id", "ref", "code", "key", "number", "no", "num", "name", "value", "uuid", "slug", "token"];
    private static readonly HashSet<string> Identifying = ["id", "ref", "code", "key", "number", "no", "num", "uuid", "slug", "token"];

    private readonly List<PooledValue> _values;
    private readonly string _query;

    private ValuePool(List<PooledValue> values, string query) => (_values, _query) = (values, query);

    internal static ValuePool Of(Situation situation)
    {
        var values = new List<PooledValue>();
        foreach (var literal in QueryReader.Read(situation.Task.Query))
        {
            values.Add(new PooledValue(literal, ArgumentSource.Query, -1, Tokeniser.Terms(literal.Field)));
        }

        for (var step = situation.Steps.Length - 1; step >= 0; step--)
        {
            var source = situation.Steps[step].Success ? ArgumentSource.Observation : ArgumentSource.Error;
            foreach (var value in ObservationReader.Read(situation.Steps[step].Observation))
            {
                values.Add(new PooledValue(value, source, step, Tokeniser.Terms(value.Field)));
            }
        }

        return new ValuePool(values, situation.Task.Query);
    }

    /// <summary>The values that fit a parameter, best first: names that match, then recency; documented choices and defaults behind real matches.</summary>
    internal List<ArgumentBinding> Rank(ParameterDocumentation parameter, int index)
    {
        var terms = Tokeniser.Terms(parameter.Name);
        var ranked = new List<ArgumentBinding>();
        var latest = _values.Count > 0 ? _values.Max(value => value.Step) : -1;
        foreach (var value in _values)
        {
            var match = Match(parameter, terms, value);
            if (match > 0)
            {
                var age = value.Step < 0 ? 0 : latest - value.Step;
                ranked.Add(new ArgumentBinding(index, value.Value.Value, value.Source, value.Step, value.Value.Field, match - (RecencyStep * age)));
            }
        }

        foreach (var choice in parameter.Choices)
        {
            var mentioned = _query.Contains(choice, StringComparison.OrdinalIgnoreCase);
            ranked.Add(new ArgumentBinding(index, choice, ArgumentSource.Choice, -1, "", mentioned ? 1f : 0.1f));
        }

        if (parameter.Default is { Length: > 0 } text)
        {
            ranked.Add(new ArgumentBinding(index, text, ArgumentSource.Default, -1, "", 0.3f));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. ranked.OrderByDescending(binding => binding.Match).Where(binding => seen.Add(binding.Value)).Take(MaxRanked)];
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
            _ => _query.Length <= 80 ? _query : _query[..80],
        };
        return new ArgumentBinding(index, value, ArgumentSource.Fallback, -1, "", 0);
    }

    private static float Match(ParameterDocumentation parameter, string[] terms, PooledValue value)
    {
        if (!FitsType(parameter.Type, value.Value.Value) || terms.Length == 0)
        {
            return 0;
        }

        var specific = terms.Where(term => !Generic.Contains(term)).ToArray();
        var wanted = specific.Length > 0 ? specific : terms;
        var shared = (float)wanted.Count(value.Terms.Contains) / wanted.Length;
        if (Identifying.Contains(terms[^1]) && !LooksIdentifying(value.Value.Value))
        {
            return 0;
        }

        if (value.Source == ArgumentSource.Query)
        {
            return QueryBase + (0.6f * shared);
        }

        // An answer's field must be about the same thing; a bare "ref" fits a bare "ref" only.
        return shared <= 0 ? 0 : specific.Length == 0 ? 0.5f : 0.4f + (0.6f * shared);
    }

    private static bool FitsType(ParameterType type, string value) => type switch
    {
        ParameterType.Number => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        ParameterType.Boolean => bool.TryParse(value, out _),
        ParameterType.Object or ParameterType.Array => false,
        _ => true,
    };

    private static bool LooksIdentifying(string value) => value.Any(char.IsDigit) || !value.Contains(' ', StringComparison.Ordinal);

    private readonly record struct PooledValue(ObservedValue Value, ArgumentSource Source, int Step, string[] Terms);
}
