using System.Text;
using System.Text.Json.Nodes;
using StepTool.Core.Chance;

namespace StepTool.Tests.Worlds.Catalogues;

/// <summary>Breaks texts: now their characters, now their structure.</summary>
internal sealed class Breaker(ulong seed)
{
    private const string Characters = "{}[]\"':,\\ \n\t0123456789.eE+-#/$~%*&!|>?<trufalsn\u0000\u001a\u00e9\u0301\ud83d\ufffd";
    private static readonly string[] Odd =
    [
        "null", "true", "[]", "{}", "\"\"", "-1", "1e400", "-0.0", "1e-400", "99999999999999999999999999999999999999999", "\"\\ud83d\"", "\"#\"", "\"#/paths\"", "\"#/components/schemas/Pet\"",
        "{\"$ref\":\"#\"}", "{\"$ref\":\"#/components/schemas/Pet\"}", "{\"$ref\":\"#/paths/~1pets/get\"}", "{\"$ref\":\"other.json#/x\"}", "[[[[[[[[[[[[1]]]]]]]]]]]]", "\"(a+)+$\"", "\"[\"", "{\"type\":\"object\",\"properties\":null}", "[null]", "\"https://{x}\"",
    ];

    private readonly SeededRandom _chance = new(seed);

    public ulong Next() => _chance.Next();

    public T Pick<T>(IReadOnlyList<T> from) => from[_chance.NextInt(from.Count)];

    public string Break(IReadOnlyList<string> from) => Break(Pick(from));

    public string Break(string json) => _chance.NextInt(3) == 0 ? BreakText(json) : BreakStructure(json);

    public byte[] Break(byte[] content)
    {
        var broken = content.ToArray();
        for (var times = 1 + _chance.NextInt(4); times > 0; times--)
        {
            broken[_chance.NextInt(broken.Length)] = (byte)_chance.NextInt(256);
        }

        return _chance.NextInt(4) == 0 ? broken[.._chance.NextInt(broken.Length)] : broken;
    }

    public string BreakText(string text)
    {
        var broken = new StringBuilder(text);
        for (var times = 1 + _chance.NextInt(5); times > 0 && broken.Length > 0; times--)
        {
            var at = _chance.NextInt(broken.Length);
            switch (_chance.NextInt(4))
            {
                case 0:
                    broken[at] = Characters[_chance.NextInt(Characters.Length)];
                    break;
                case 1:
                    broken.Remove(at, Math.Min(broken.Length - at, 1 + _chance.NextInt(20)));
                    break;
                case 2:
                    broken.Insert(at, broken.ToString(at, Math.Min(broken.Length - at, 1 + _chance.NextInt(200))));
                    break;
                default:
                    broken.Insert(at, Odd[_chance.NextInt(Odd.Length)]);
                    break;
            }
        }

        return broken.ToString();
    }

    private string BreakStructure(string json)
    {
        var root = JsonNode.Parse(json)!;
        for (var times = 1 + _chance.NextInt(4); times > 0; times--)
        {
            var nodes = All(root).ToArray();
            if (Pick(nodes) is { Parent: { } parent } node)
            {
                Replace(parent, node, nodes);
            }
        }

        return root.ToJsonString();
    }

    private void Replace(JsonNode parent, JsonNode node, JsonNode[] nodes)
    {
        switch (_chance.NextInt(4))
        {
            case 0 when parent is JsonObject members:
                members.Remove(node.GetPropertyName());
                break;
            case 1 when parent is JsonObject members:
                var name = node.GetPropertyName();
                members.Remove(name);
                members[nodes.Where(one => one.Parent is JsonObject).ToArray() is { Length: > 0 } others ? Pick(others).GetPropertyName() : ""] = node;
                break;
            case 2:
                node.ReplaceWith(Pick(nodes).DeepClone());
                break;
            default:
                var odd = Pick(Odd);
                node.ReplaceWith(odd.Contains("\\u", StringComparison.Ordinal) ? JsonValue.Create(odd) : JsonNode.Parse(odd) ?? JsonValue.Create(""));
                break;
        }
    }

    private static IEnumerable<JsonNode> All(JsonNode node)
    {
        var children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(All).Append(node);
    }
}
