using System.Text.Json.Nodes;

namespace StepTool.Client.Imports.OpenApi;

/// <summary>
/// Puts copies in place of references from one operation to another (<c>#/paths/...</c>), which some documents use in place of components and the reader
/// does not follow.
/// </summary>
internal static class PathReferences
{
    private const string Paths = "#/paths/";
    private const int MostCopies = 20_000;
    private const int MostHops = 8;

    /// <summary>Changes the document in place. References that lead nowhere stay.</summary>
    public static void Inline(JsonObject root)
    {
        var waiting = new Stack<JsonNode>([root]);
        for (var copies = 0; waiting.TryPop(out var node) && copies < MostCopies;)
        {
            var children = node switch
            {
                JsonObject members => members.Select(member => member.Value),
                JsonArray items => items,
                _ => [],
            };
            foreach (var child in children.OfType<JsonNode>().ToArray())
            {
                if (Target(root, child) is { } target)
                {
                    copies++;
                    child.ReplaceWith(target.DeepClone());
                }
                else
                {
                    waiting.Push(child);
                }
            }
        }
    }

    private static JsonNode? Target(JsonObject root, JsonNode node)
    {
        JsonNode? at = null;
        for (var (from, hops) = (node, 0); hops < MostHops && Reference(from) is { } reference; hops++)
        {
            at = Find(root, reference);
            if (at is null)
            {
                return null;
            }

            from = at;
        }

        return at is not null && Reference(at) is null && !Holds(at, node) ? at : null;
    }

    private static bool Holds(JsonNode outer, JsonNode inner)
    {
        for (var at = inner; at is not null; at = at.Parent)
        {
            if (ReferenceEquals(at, outer))
            {
                return true;
            }
        }

        return false;
    }

    private static string? Reference(JsonNode node) =>
        node is JsonObject members && members["$ref"] is JsonValue value && value.TryGetValue<string>(out var text) && text.StartsWith(Paths, StringComparison.Ordinal) ? text : null;

    private static JsonNode? Find(JsonObject root, string reference)
    {
        JsonNode? at = root;
        foreach (var part in reference[2..].Split('/').Select(part => Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            at = at switch
            {
                JsonObject members => members[part],
                JsonArray items when int.TryParse(part, out var index) && index >= 0 && index < items.Count => items[index],
                _ => null,
            };
        }

        return at;
    }
}
