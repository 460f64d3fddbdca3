using System.Text.Json;
using System.Text.Json.Nodes;

namespace StepTool.Core.Tools;

/// <summary>Reads Python literals, as <c>str(dict)</c> writes them: caches and training files hold such text.</summary>
/// <remarks>
/// Takes dicts, lists, tuples and sets (both become arrays), strings (adjacent ones joined), numbers, True, False, None, and JSON's true, false and
/// null. Keys that are not strings become their JSON text; nan and inf, which JSON lacks, become strings.
/// </remarks>
public sealed class PythonLiteral
{
    private const int MaxDepth = 60;
    private readonly string _text;
    private int _at;
    private int _depth;

    private PythonLiteral(string text) => _text = text;

    private char Next => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>The literal as a JSON node; null for None.</summary>
    /// <exception cref="ArgumentsException">The text is not one literal.</exception>
    public static JsonNode? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new PythonLiteral(text);
        var node = reader.Value();
        return reader.Skip() == '\0' && reader._at == text.Length ? node : throw reader.Expected("the end");
    }

    private JsonNode? Value()
    {
        var first = Skip();
        if (first is not ('{' or '[' or '('))
        {
            return first is '\'' or '"' ? JsonValue.Create(Text())
                : first is '+' or '-' or '.' || char.IsAsciiDigit(first) ? Number()
                : Word();
        }

        if (++_depth > MaxDepth)
        {
            throw Expected($"at most {MaxDepth} levels");
        }

        var node = first == '{' ? Braces() : Sequence(first == '[' ? ']' : ')');
        _depth--;
        return node;
    }

    // {} is an empty dict, {a, b} a set.
    private JsonNode Braces()
    {
        _at++;
        var members = new JsonObject();
        var elements = new JsonArray();
        while (Skip() != '}')
        {
            var key = Value();
            if (Skip() == ':' && elements.Count == 0)
            {
                _at++;
                members[KeyText(key)] = Value();
            }
            else if (members.Count == 0)
            {
                elements.Add(key);
            }
            else
            {
                throw Expected("':'");
            }

            TakeSeparator('}');
        }

        _at++;
        return elements.Count > 0 ? elements : members;
    }

    private JsonNode? Sequence(char close)
    {
        _at++;
        var elements = new JsonArray();
        var separated = false;
        while (Skip() != close)
        {
            elements.Add(Value());
            separated |= TakeSeparator(close);
        }

        _at++;
        if (close == ']' || separated || elements.Count == 0)
        {
            return elements;
        }

        var only = elements[0]; // (x) is x
        elements.Clear();
        return only;
    }

    private bool TakeSeparator(char close)
    {
        if (Skip() == ',')
        {
            _at++;
            return true;
        }

        return Next == close ? false : throw Expected($"',' or '{close}'");
    }

    private string Text()
    {
        var value = new System.Text.StringBuilder();
        while (Skip() is '\'' or '"')
        {
            PythonString.Append(_text, ref _at, value);
        }

        return WellFormed.Of(value.ToString());
    }

    private JsonNode? Number()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Next) || Next is '+' or '-' or '.' or '_')
        {
            _at++;
        }

        var number = _text[start.._at].Replace("_", "", StringComparison.Ordinal);
        if (NumberForm.TryNormalise(number, out var normal))
        {
            return JsonNode.Parse(normal);
        }

        if (number is "-inf" or "+inf" or "-nan" or "+nan")
        {
            return JsonValue.Create(number);
        }

        _at = start;
        throw Expected("a number");
    }

    private JsonValue? Word()
    {
        var start = _at;
        while (char.IsAsciiLetter(Next))
        {
            _at++;
        }

        var word = _text[start.._at];
        switch (word)
        {
            case "True" or "true":
                return JsonValue.Create(true);
            case "False" or "false":
                return JsonValue.Create(false);
            case "None" or "null":
                return null;
            case "nan" or "inf":
                return JsonValue.Create(word);
            case "u" when Next is '\'' or '"':
                return JsonValue.Create(Text());
            default:
                _at = start;
                throw Expected("a value");
        }
    }

    private static string KeyText(JsonNode? key) =>
        key is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : key?.ToJsonString() ?? "null";

    private char Skip()
    {
        while (char.IsWhiteSpace(Next))
        {
            _at++;
        }

        return Next;
    }

    private ArgumentsException Expected(string what) => new(_at, $"expected {what}, found {(_at < _text.Length ? $"'{Next}'" : "the end")}");
}
