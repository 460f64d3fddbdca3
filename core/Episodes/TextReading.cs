using System.Runtime.CompilerServices;
using StepTool.Core.Text;

namespace StepTool.Core.Episodes;

/// <summary>What a query or an observation says, read once and kept for as long as the text itself: every later turn of an episode meets the same texts again.</summary>
internal sealed class TextReading
{
    private static readonly ConditionalWeakTable<string, TextReading> Queries = [];
    private static readonly ConditionalWeakTable<string, TextReading> Observations = [];

    private readonly string _text;

    private TextReading(string text, List<ObservedValue> values)
    {
        _text = text;
        Values = [.. values.Select(value => new NamedValue(value, TermCache.Terms(value.Field)))];
    }

    /// <summary>The values that it names.</summary>
    internal NamedValue[] Values { get; }

    /// <summary>Its distinct terms.</summary>
    internal HashSet<string> Terms => field ??= Tokeniser.TermSet(_text);

    internal static TextReading OfQuery(string text) => Queries.GetValue(text, static text => new TextReading(text, QueryReader.Read(text)));

    internal static TextReading OfObservation(string text) => Observations.GetValue(text, static text => new TextReading(text, ObservationReader.Read(text)));
}

/// <summary>A value with the terms of what names it.</summary>
internal readonly record struct NamedValue(ObservedValue Observed, string[] Terms);
