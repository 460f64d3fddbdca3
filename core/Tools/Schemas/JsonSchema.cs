using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace StepTool.Core.Tools.Schemas;

/// <summary>
/// A JSON Schema as APIs use it: draft 2020-12, the older spellings of draft 7 and OpenAPI 3.0 (items as an array, definitions, nullable, exclusiveMinimum as
/// a flag), references within the document. What it does not know it lets pass, since the API itself checks again: <c>unevaluated...</c>,
/// <c>$dynamicRef</c>, references elsewhere. Checking ends after a bounded number of steps, whatever the schema. Safe for concurrent use.
/// </summary>
public sealed class JsonSchema
{
    private const int LongestText = 4 << 20;
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromMilliseconds(50);
    private readonly ConcurrentDictionary<string, Regex?> _patterns = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonElement?> _references = new(StringComparer.Ordinal);

    private JsonSchema(JsonElement root) => Root = root;

    /// <summary>The schema itself.</summary>
    internal JsonElement Root { get; }

    /// <summary>Reads a schema.</summary>
    /// <exception cref="ArgumentException">The text is neither a JSON object nor true or false.</exception>
    public static JsonSchema Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LongestText)
        {
            throw new ArgumentException($"The schema has {text.Length} characters; at most {LongestText} are read. Leave out what is not needed.");
        }

        try
        {
            using var document = JsonDocument.Parse(WellFormed.Of(text));
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
                ? new JsonSchema(document.RootElement.Clone())
                : throw new ArgumentException($"A schema is a JSON object, true or false; this one is {SchemaWords.Kind(document.RootElement)}.");
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"The schema is no JSON: {exception.Message}", exception);
        }
    }

    /// <summary>What keeps a value from being valid, the outermost first; empty for a valid value.</summary>
    public ImmutableArray<SchemaViolation> Check(JsonElement value) => new SchemaCheck(this).Run(value);

    /// <summary>A value that fits the schema as far as can be made up; examples, defaults and enumerations of the schema come first.</summary>
    /// <param name="seed">The same seed makes the same value.</param>
    /// <param name="onlyRequired">Whether members that are not required are left out, and texts without an example stand as <c>...</c>.</param>
    public string Example(ulong seed, bool onlyRequired = false) => new SchemaExample(this, seed, onlyRequired).Write();

    /// <summary>A schema with its reference, if it is one, followed to the end; null where that leads nowhere.</summary>
    internal JsonElement? Follow(JsonElement schema)
    {
        for (var hops = 0; hops < 16; hops++)
        {
            if (Reference(schema) is not { } reference)
            {
                return schema;
            }

            if (Find(reference) is not { } target)
            {
                return null;
            }

            schema = target;
        }

        return null;
    }

    /// <summary>What a schema refers to as a whole; null where it does not.</summary>
    internal static string? Reference(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String ? reference.GetString() : null;

    /// <summary>The part of the schema that a reference names: <c>#</c>, <c>#/a/b</c> or <c>#anchor</c>; null where there is none.</summary>
    internal JsonElement? Find(string reference) => _references.GetOrAdd(reference, Resolve);

    /// <summary>A pattern as a regular expression; null where this engine cannot read it.</summary>
    internal Regex? Pattern(string pattern) => _patterns.GetOrAdd(pattern, Compile);

    private JsonElement? Resolve(string reference)
    {
        if (!reference.StartsWith('#'))
        {
            return null;
        }

        var pointer = Uri.UnescapeDataString(reference[1..]);
        if (pointer.Length > 0 && pointer[0] != '/')
        {
            return Anchored(Root, pointer);
        }

        var at = Root;
        foreach (var part in pointer.Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(part, out var member))
            {
                at = member;
            }
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(part, out var index) && index >= 0 && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return null;
            }
        }

        return at;
    }

    private static JsonElement? Anchored(JsonElement element, string anchor) => element.ValueKind switch
    {
        JsonValueKind.Object when element.TryGetProperty("$anchor", out var name) && name.ValueKind == JsonValueKind.String && name.ValueEquals(anchor) => element,
        JsonValueKind.Object => element.EnumerateObject().Select(member => Anchored(member.Value, anchor)).FirstOrDefault(found => found is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(item => Anchored(item, anchor)).FirstOrDefault(found => found is not null),
        _ => null,
    };

    // Linear where the pattern allows it, else with a time-out: a schema from elsewhere must not be able to hang a silo.
    private static Regex? Compile(string pattern)
    {
        foreach (var options in new[] { RegexOptions.NonBacktracking, RegexOptions.None })
        {
            try
            {
                return new Regex(pattern, options | RegexOptions.CultureInvariant, PatternTimeout);
            }
            catch (NotSupportedException)
            {
                // look-arounds and the like
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        return null;
    }
}
