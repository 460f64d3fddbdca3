using System.Globalization;
using System.Text.Json.Nodes;
using StepTool.Core.Worlds.Catalogues;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace StepTool.Client.Imports.OpenApi;

/// <summary>Reads a YAML document as JSON: YAML 1.2's core schema, anchors and merge keys. Depth and size are bounded, so that no alias can blow up.</summary>
internal sealed class YamlNodes
{
    private const int MostNodes = 5_000_000;
    private const int Deepest = 60;
    private readonly Dictionary<string, JsonNode?> _anchors = new(StringComparer.Ordinal);
    private readonly Parser _parser;
    private int _nodes;

    private YamlNodes(TextReader text) => _parser = new Parser(text);

    /// <summary>Reads the first document.</summary>
    /// <exception cref="CatalogueException">The text is no YAML, or too deep or large.</exception>
    public static JsonNode? Read(TextReader text)
    {
        try
        {
            var reader = new YamlNodes(text);
            reader._parser.Consume<StreamStart>();
            reader._parser.Consume<DocumentStart>();
            return reader.Node(0);
        }
        catch (YamlException exception)
        {
            throw new CatalogueException($"not YAML: line {exception.Start.Line}, column {exception.Start.Column}, {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            throw new CatalogueException($"not YAML: {exception.Message}", exception); // the scanner's own, on texts it did not expect
        }
    }

    private JsonNode? Node(int depth)
    {
        Count(1, depth);
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            var shared = _anchors.TryGetValue(alias.Value.Value, out var known) ? known : throw new CatalogueException($"not YAML: line {alias.Start.Line}, the alias '{alias.Value}' has no anchor before it");
            Count(Size(shared), depth);
            return shared?.DeepClone();
        }

        var anchor = _parser.Current is NodeEvent { Anchor.IsEmpty: false } named ? named.Anchor.Value : null;
        JsonNode? node = _parser.TryConsume<Scalar>(out var scalar) ? Value(scalar)
            : _parser.TryConsume<SequenceStart>(out _) ? Items(depth)
            : _parser.TryConsume<MappingStart>(out _) ? Members(depth)
            : throw new CatalogueException($"not YAML: line {_parser.Current?.Start.Line}, a value was expected");
        if (anchor is not null)
        {
            _anchors[anchor] = node;
        }

        return node;
    }

    private JsonArray Items(int depth)
    {
        var items = new JsonArray();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(depth + 1));
        }

        return items;
    }

    private JsonObject Members(int depth)
    {
        var members = new JsonObject();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var name))
            {
                throw new CatalogueException($"not YAML: line {_parser.Current?.Start.Line}, a name was expected");
            }

            var value = Node(depth + 1);
            if (name.Value == "<<" && name.IsKey && value is JsonObject merged)
            {
                foreach (var (key, inherited) in merged)
                {
                    members.TryAdd(key, inherited?.DeepClone());
                }
            }
            else
            {
                members[name.Value] = value;
            }
        }

        return members;
    }

    private static JsonValue? Value(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain || !scalar.Tag.IsEmpty)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => (JsonValue?)null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            [(>= '0' and <= '9') or '-' or '+' or '.', ..] => Number(text),
            _ => JsonValue.Create(text),
        };
    }

    private static JsonValue Number(string text)
    {
        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? JsonValue.Create(whole)
            : decimal.TryParse(text, Real, CultureInfo.InvariantCulture, out var exact) ? JsonValue.Create(exact)
            : double.TryParse(text, Real, CultureInfo.InvariantCulture, out var near) && double.IsFinite(near) ? JsonValue.Create(near)
            : JsonValue.Create(text);
    }

    private void Count(int nodes, int depth)
    {
        _nodes += nodes;
        if (_nodes > MostNodes || depth > Deepest)
        {
            throw new CatalogueException($"too large: a YAML document may hold {MostNodes} values, aliases resolved, in {Deepest} levels");
        }
    }

    private static int Size(JsonNode? node) => node switch
    {
        JsonObject members => 1 + members.Sum(member => Size(member.Value)),
        JsonArray items => 1 + items.Sum(Size),
        _ => 1,
    };
}
