namespace StepTool.Core.Virtual;

/// <summary>
/// One request of StableToolBench's clients, read as its server reads it: scalars count as text, of equal names the last counts, unknown ones are left
/// alone, and what does not fit is answered in its words. An instance is used again and again, by one reader at a time.
/// </summary>
public sealed class VirtualRequest
{
    private const int Category = 0;
    private const int ToolName = 1;
    private const int ApiName = 2;
    private const int ToolInput = 3;
    private const int Strip = 4;
    private const int Key = 5;
    private const string NoArguments = "{}";
    private static readonly string[] Names = ["category", "tool_name", "api_name", "tool_input", "strip", "toolbench_key"];
    private readonly Field[] _fields = new Field[Names.Length];
    private readonly TextBuffer _body = new();
    private readonly TextBuffer _text = new();
    private VirtualPath _path;
    private Range _arguments;

    /// <summary>Key of the API called, <c>category/tool/api</c>.</summary>
    public ReadOnlySpan<char> Path => _text[_path.Cut];

    /// <summary>The same with the API's whole name, where it ends in the tool's, which StableToolBench's server cuts off.</summary>
    public ReadOnlySpan<char> WholePath => _text[_path.Whole];

    /// <summary>The input as Python writes it: what recorded calls are keyed by.</summary>
    public ReadOnlySpan<char> Arguments => _text[_arguments];

    /// <summary>The input as JSON, as it was sent.</summary>
    public string Json => _fields[ToolInput] switch
    {
        { Kind: JsonKind.Object, Raw: var raw } => _body[raw].ToString(),
        { Kind: not JsonKind.EmptyArray, Text: var text } when !_text[text].IsEmpty => _text[text].ToString(),
        _ => NoArguments,
    };

    /// <summary>Reads a body. Null when the call is to be answered, else the answer to give at once.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="isJson">Whether its content type is one of JSON, or missing.</param>
    public VirtualReply? Read(ReadOnlySpan<byte> body, bool isJson)
    {
        _body.Clear();
        _text.Clear();
        Array.Clear(_fields);
        return body.IsEmpty ? VirtualReply.NoBody
            : !isJson ? VirtualReply.NoObject
            : !BodyText.TryDecode(body, _body) ? VirtualReply.Unreadable
            : ReadBody() ?? CheckFields() ?? ReadCall();
    }

    private VirtualReply? ReadBody()
    {
        var json = new PythonJson(_body[..], _text);
        json.Skip();
        VirtualReply? reply = null;
        _ = (json.Next == '{' ? ReadFields(ref json) : ReadOther(ref json, out reply)) && json.End();
        return json.Error is null ? reply : VirtualReply.Syntax(json.Error, json.ErrorAt);
    }

    private bool ReadFields(ref PythonJson json)
    {
        if (!json.Enter())
        {
            return false;
        }

        while (json.Next != '}')
        {
            var name = _text.Length;
            if (!json.Name())
            {
                return false;
            }

            var index = IndexOf(_text[name..]);
            if (!ReadField(ref json, out var field) || !json.Separator('}'))
            {
                return false;
            }

            if (index >= 0)
            {
                _fields[index] = field;
            }
        }

        json.Leave();
        return true;
    }

    private bool ReadField(ref PythonJson json, out Field field)
    {
        var (start, text, kind) = (json.At, _text.Length, JsonKind.Text);
        var read = json.Next == '"' ? json.Text() : json.Value(out kind);
        field = new Field(kind, text.._text.Length, start..json.At);
        return read;
    }

    // Python makes an empty dict of an empty text or array, and none of anything else.
    private bool ReadOther(ref PythonJson json, out VirtualReply? reply)
    {
        var read = ReadField(ref json, out var value);
        reply = value.Kind == JsonKind.Null ? VirtualReply.NoBody
            : value.Kind == JsonKind.EmptyArray || (value.Kind == JsonKind.Text && _text[value.Text].IsEmpty) ? null
            : VirtualReply.NoObject;
        return read;
    }

    private VirtualReply? CheckFields()
    {
        List<string>? faults = null;
        for (var index = 0; index < _fields.Length; index++)
        {
            switch (_fields[index].Kind)
            {
                case JsonKind.Missing:
                    (faults ??= []).Add(VirtualReply.Missing(Names[index]));
                    break;
                case JsonKind.Null:
                    (faults ??= []).Add(VirtualReply.NotNull(Names[index]));
                    break;
                case JsonKind.Array when index == ToolInput:
                    (faults ??= []).AddRange([VirtualReply.NotText(Names[index]), VirtualReply.NotObject(Names[index])]);
                    break;
                case JsonKind.Array or JsonKind.EmptyArray or JsonKind.Object when index != ToolInput:
                    (faults ??= []).Add(VirtualReply.NotText(Names[index]));
                    break;
            }
        }

        return faults is null ? null : VirtualReply.Invalid(faults);
    }

    private VirtualReply? ReadCall()
    {
        _path = VirtualPath.Append(_fields[Category].Text, _fields[ToolName].Text, _fields[ApiName].Text, _text);
        if (Path.EndsWith("/chat_with_user", StringComparison.Ordinal))
        {
            return VirtualReply.Chat;
        }

        var input = _fields[ToolInput];
        if (input.Kind == JsonKind.Object)
        {
            _arguments = input.Text;
            return null;
        }

        var start = _text.Length;
        var text = input.Kind == JsonKind.EmptyArray || _text[input.Text].IsEmpty ? NoArguments : _text[input.Text];
        var json = new PythonJson(text, _text);
        var read = json.Document();
        _arguments = start.._text.Length;
        return read ? null : VirtualReply.NoInput;
    }

    private static int IndexOf(ReadOnlySpan<char> name) => name switch
    {
        "category" => Category,
        "tool_name" => ToolName,
        "api_name" => ApiName,
        "tool_input" => ToolInput,
        "strip" => Strip,
        "toolbench_key" => Key,
        _ => -1,
    };

    private readonly record struct Field(JsonKind Kind, Range Text, Range Raw);
}
