using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using StepTool.Core.Serialization;
using StepTool.Core.Text;

namespace StepTool.Core.Tools.Schemas;

/// <summary>One check of one value. Every schema applied costs a step; when the steps are spent, what is left passes.</summary>
internal sealed class SchemaCheck(JsonSchema schema)
{
    private const int MostSteps = 50_000;
    private const int MostDepth = 200;
    private const int MostFound = 16;
    private const int MostTimeouts = 3;
    private const int NamesShown = 12;
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

    private void CheckItems(JsonElement at, JsonElement value, string path, List<SchemaViolation> found, int depth)
    {
        if (SchemaWords.Bounds(at, "minItems", "maxItems", value.GetArrayLength(), "item") is { } count)
        {
            found.Add(new SchemaViolation(path, SchemaWords.Shown(value), $"an array of {count}"));
        }

        if (SchemaWords.Flag(at, "uniqueItems") && Repeated(value) is { } repeated)
        {
            found.Add(new SchemaViolation(path, SchemaWords.Shown(value), $"an array without repeats; {SchemaWords.Shown(repeated)} stands in it twice"));
        }

        at.TryGetProperty("items", out var rest);
        var ordered = at.TryGetProperty("prefixItems", out var prefix) && prefix.ValueKind == JsonValueKind.Array ? prefix : rest.ValueKind == JsonValueKind.Array ? rest : default;
        if (rest.ValueKind == JsonValueKind.Array)
        {
            at.TryGetProperty("additionalItems", out rest);
        }

        var first = ordered.ValueKind == JsonValueKind.Array ? ordered.GetArrayLength() : 0;
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (index < first || rest.ValueKind != JsonValueKind.Undefined)
            {
                Check(index < first ? ordered[index] : rest, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), found, depth + 1);
            }

            if (IsSpent || found.Count >= MostFound)
            {
                return;
            }
        }

        if (at.TryGetProperty("contains", out var contains))
        {
            var holding = value.EnumerateArray().Count(item => Fits(contains, item, path, depth + 1));
            var (least, most) = (SchemaWords.Count(at, "minContains") ?? 1, SchemaWords.Count(at, "maxContains") ?? int.MaxValue);
            if ((holding < least || holding > most) && !IsSpent)
            {
                found.Add(new SchemaViolation(path, SchemaWords.Shown(value), $"an array with {(holding < least ? $"at least {least}" : $"at most {most}")} of {SchemaWords.Wanted(schema, contains)}"));
            }
        }
    }

    private JsonElement? Repeated(JsonElement array)
    {
        var seen = new List<JsonElement>();
        foreach (var item in array.EnumerateArray())
        {
            if (seen.Any(other => !IsSpent && Same(other, item)))
            {
                return item;
            }

            seen.Add(item);
        }

        return null;
    }

    private void CheckMembers(JsonElement at, JsonElement value, string path, List<SchemaViolation> found, int depth)
    {
        var declared = at.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object ? properties : default;
        foreach (var name in SchemaWords.Names(at, "required").Where(name => !Has(value, name)))
        {
            var wanted = declared.ValueKind == JsonValueKind.Object && declared.TryGetProperty(name, out var member) ? SchemaWords.Wanted(schema, member) : "given";
            found.Add(new SchemaViolation(Join(path, name), null, wanted));
        }

        if (SchemaWords.Bounds(at, "minProperties", "maxProperties", value.EnumerateObject().Count(), "member") is { } count)
        {
            found.Add(new SchemaViolation(path, SchemaWords.Shown(value), $"an object of {count}"));
        }

        at.TryGetProperty("additionalProperties", out var others);
        at.TryGetProperty("propertyNames", out var names);
        var patterns = at.TryGetProperty("patternProperties", out var matched) && matched.ValueKind == JsonValueKind.Object ? matched.EnumerateObject().ToArray() : [];
        foreach (var member in value.EnumerateObject())
        {
            if (IsSpent || found.Count >= MostFound)
            {
                return;
            }

            var name = SchemaWords.NameOf(member);
            var where = Join(path, name);
            var known = declared.ValueKind == JsonValueKind.Object && declared.TryGetProperty(name, out var own);
            if (known)
            {
                Check(declared.GetProperty(name), member.Value, where, found, depth + 1);
            }

            foreach (var pattern in patterns.Where(pattern => Matches(SchemaWords.NameOf(pattern), name)))
            {
                known = true;
                Check(pattern.Value, member.Value, where, found, depth + 1);
            }

            if (!known && others.ValueKind == JsonValueKind.False)
            {
                found.Add(new SchemaViolation(where, SchemaWords.Shown(member.Value), $"left out, since it is not known{Near(name, declared)}"));
            }
            else if (!known && others.ValueKind == JsonValueKind.Object)
            {
                Check(others, member.Value, where, found, depth + 1);
            }

            if (names.ValueKind is JsonValueKind.Object or JsonValueKind.False && !Fits(names, JsonSerializer.SerializeToElement(name, CoreJson.Default.String), where, depth + 1))
            {
                found.Add(new SchemaViolation(where, "a name", names.ValueKind == JsonValueKind.False ? "left out" : SchemaWords.Wanted(schema, names)));
            }

            CheckDependents(at, name, value, path, found, depth);
        }
    }

    private void CheckDependents(JsonElement at, string name, JsonElement value, string path, List<SchemaViolation> found, int depth)
    {
        foreach (var keyword in (string[])["dependentRequired", "dependentSchemas", "dependencies"])
        {
            if (!at.TryGetProperty(keyword, out var dependents) || dependents.ValueKind != JsonValueKind.Object || !dependents.TryGetProperty(name, out var dependent))
            {
                continue;
            }

            if (dependent.ValueKind == JsonValueKind.Array)
            {
                foreach (var missing in dependent.EnumerateArray().Where(other => other.ValueKind == JsonValueKind.String).Select(SchemaWords.TextOf).Where(other => !Has(value, other)))
                {
                    found.Add(new SchemaViolation(Join(path, missing), null, $"given beside '{name}'"));
                }
            }
            else
            {
                Check(dependent, value, path, found, depth + 1);
            }
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

    private static bool Has(JsonElement value, string name) => value.TryGetProperty(name, out _);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Near(string name, JsonElement declared)
    {
        var known = declared.ValueKind == JsonValueKind.Object ? declared.EnumerateObject().Select(SchemaWords.NameOf).ToArray() : [];
        return known.Length == 0 ? ""
            : Spelling.Nearest(name, known) is { } near ? $"; the nearest known is '{near}'"
            : $"; known are {string.Join(", ", known.Take(NamesShown))}{(known.Length > NamesShown ? ", ..." : "")}";
    }
}
