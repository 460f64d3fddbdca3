using System.Globalization;
using System.Text.Json;
using StepTool.Core.Serialization;
using StepTool.Core.Text;

namespace StepTool.Core.Tools.Schemas;

// What arrays hold and what objects have.
internal sealed partial class SchemaCheck
{
    private const int NamesShown = 12;

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
