using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace StepTool.Core.Tools.Schemas;

/// <summary>One check of one value. Every schema applied costs a step; when the steps are spent, what is left passes.</summary>
internal sealed partial class SchemaCheck(JsonSchema schema)
{
    private const int MostSteps = 50_000;
    private const int MostDepth = 200;
    private const int MostFound = 16;
    private const int MostTimeouts = 3;
    private int _steps;
    private int _timeouts;

    public ImmutableArray<SchemaViolation> Run(JsonElement value)
    {
        var found = new List<SchemaViolation>();
        Check(schema.Root, value, "", found, 0);
        return [.. found];
    }

    private bool IsSpent => _steps >= MostSteps;

    private bool Fits(JsonElement at, JsonElement value, string path, int depth)
    {
        var found = new List<SchemaViolation>();
        Check(at, value, path, found, depth);
        return found.Count == 0;
    }

    private void Check(JsonElement at, JsonElement value, string path, List<SchemaViolation> found, int depth)
    {
        if (++_steps > MostSteps || depth > MostDepth || found.Count >= MostFound)
        {
            return;
        }

        if (at.ValueKind == JsonValueKind.False)
        {
            found.Add(new SchemaViolation(path, SchemaWords.Shown(value), "left out"));
        }

        if (at.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (JsonSchema.Reference(at) is { } reference && schema.Find(reference) is { } target)
        {
            Check(target, value, path, found, depth + 1);
        }

        if (value.ValueKind == JsonValueKind.Null && SchemaWords.Flag(at, "nullable"))
        {
            return;
        }

        if (!HasItsType(at, value) || !IsChosen(at, value))
        {
            found.Add(new SchemaViolation(path, SchemaWords.Shown(value), SchemaWords.Wanted(schema, at)));
            return; // the rest would say the same in other words
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                CheckNumber(at, value, path, found);
                break;
            case JsonValueKind.String:
                CheckText(at, value, path, found);
                break;
            case JsonValueKind.Array:
                CheckItems(at, value, path, found, depth);
                break;
            case JsonValueKind.Object:
                CheckMembers(at, value, path, found, depth);
                break;
            default:
                break;
        }

        CheckCombinations(at, value, path, found, depth);
    }

    private static bool HasItsType(JsonElement at, JsonElement value) => !at.TryGetProperty("type", out var type) || type.ValueKind switch
    {
        JsonValueKind.String => Is(type, value),
        JsonValueKind.Array => type.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && Is(one, value)),
        _ => true,
    };

    private static bool Is(JsonElement type, JsonElement value) => SchemaWords.TextOf(type) switch
    {
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && SchemaNumber.IsWhole(value),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true, // "file" and other words of older documents
    };

    private bool IsChosen(JsonElement at, JsonElement value) =>
        (!at.TryGetProperty("const", out var only) || Same(only, value))
        && (!at.TryGetProperty("enum", out var choices) || choices.ValueKind != JsonValueKind.Array || choices.EnumerateArray().Any(choice => Same(choice, value)));

    private bool Same(JsonElement one, JsonElement other)
    {
        _steps++;
        return JsonElement.DeepEquals(one, other);
    }

    private static void CheckNumber(JsonElement at, JsonElement value, string path, List<SchemaViolation> found)
    {
        if (SchemaNumber.Broken(at, value) is { } wanted)
        {
            found.Add(new SchemaViolation(path, SchemaWords.Shown(value), wanted));
        }
    }

    private void CheckText(JsonElement at, JsonElement value, string path, List<SchemaViolation> found)
    {
        var text = SchemaWords.TextOf(value);
        var wanted = SchemaWords.Bounds(at, "minLength", "maxLength", text.EnumerateRunes().Count(), "character") is { } length ? $"a text of {length}"
            : at.TryGetProperty("pattern", out var pattern) && pattern.ValueKind == JsonValueKind.String && !Matches(SchemaWords.TextOf(pattern), text)
                ? $"a text that matches {SchemaWords.Shown(pattern)}"
            : at.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String ? SchemaFormats.Broken(SchemaWords.TextOf(format), text)
            : null;
        if (wanted is not null)
        {
            found.Add(new SchemaViolation(path, SchemaWords.Shown(value), wanted));
        }
    }

    private bool Matches(string pattern, string text)
    {
        if (_timeouts >= MostTimeouts || schema.Pattern(pattern) is not { } regex)
        {
            return true;
        }

        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            _timeouts++;
            return true;
        }
    }

    private void CheckCombinations(JsonElement at, JsonElement value, string path, List<SchemaViolation> found, int depth)
    {
        foreach (var part in SchemaWords.Schemas(at, "allOf"))
        {
            Check(part, value, path, found, depth + 1);
        }

        CheckAlternatives(at, "anyOf", value, path, found, depth);
        CheckAlternatives(at, "oneOf", value, path, found, depth);
        if (at.TryGetProperty("not", out var not) && Fits(not, value, path, depth + 1) && !IsSpent)
        {
            found.Add(new SchemaViolation(path, SchemaWords.Shown(value), $"anything but {SchemaWords.Wanted(schema, not)}"));
        }

        if (at.TryGetProperty("if", out var condition))
        {
            var branch = Fits(condition, value, path, depth + 1) ? "then" : "else";
            if (at.TryGetProperty(branch, out var chosen))
            {
                Check(chosen, value, path, found, depth + 1);
            }
        }
    }

    private void CheckAlternatives(JsonElement at, string keyword, JsonElement value, string path, List<SchemaViolation> found, int depth)
    {
        var (fitting, nearest) = (0, (List<SchemaViolation>?)null);
        var alternatives = SchemaWords.Schemas(at, keyword);
        foreach (var alternative in alternatives)
        {
            var faults = new List<SchemaViolation>();
            Check(alternative, value, path, faults, depth + 1);
            fitting += faults.Count == 0 ? 1 : 0;
            nearest = nearest is null || Distance(faults, path) < Distance(nearest, path) ? faults : nearest;
            if (fitting > 0 && keyword == "anyOf")
            {
                return;
            }
        }

        if (alternatives.Length == 0 || IsSpent || fitting == 1)
        {
            return;
        }

        if (fitting > 1)
        {
            found.Add(new SchemaViolation(path, SchemaWords.Shown(value), $"exactly one of: {SchemaWords.Alternatives(schema, alternatives)}"));
        }
        else if (nearest!.All(fault => fault.Path == path))
        {
            found.Add(new SchemaViolation(path, SchemaWords.Shown(value), SchemaWords.Alternatives(schema, alternatives)));
        }
        else
        {
            found.AddRange(nearest!); // it is this one that was meant: something within it is wrong
        }
    }

    // The alternative that was meant is of the right kind and has most of what it needs.
    private static int Distance(List<SchemaViolation> faults, string path) => faults.Sum(fault => fault.Path == path ? 100 : fault.Given is null ? 10 : 1);
}
