namespace StepTool.Core.Virtual;

/// <summary>
/// Reads JSON as Python's <c>json.loads</c> does, with its leniency and its errors, and writes what it reads as Python's <c>str</c> would:
/// recorded calls are keyed by such text. One pass, no exceptions, no memory of its own.
/// </summary>
/// <remarks>Of equal names in one object all are written; Python keeps the last. Nesting is bounded where Python's recursion ends in its server.</remarks>
internal ref partial struct PythonJson(ReadOnlySpan<char> json, TextBuffer output)
{
    private const int MaxDepth = 970;
    private const string ExpectingValue = "Expecting value";
    private readonly ReadOnlySpan<char> _json = json;
    private readonly TextBuffer _output = output;
    private int _depth;

    /// <summary>Where it reads next.</summary>
    public int At { get; private set; }

    /// <summary>Why it stopped, in the words of Python's decoder; null while all is well, empty where Python refuses for another reason than syntax.</summary>
    public string? Error { get; private set; }

    /// <summary>Where the error is, in characters as Python counts them.</summary>
    public int ErrorAt { get; private set; }

    /// <summary>The character at <see cref="At"/>, or NUL at the end.</summary>
    public readonly char Next => At < _json.Length ? _json[At] : '\0';

    /// <summary>Moves over white space.</summary>
    public void Skip()
    {
        while (At < _json.Length && _json[At] is ' ' or '\n' or '\t' or '\r')
        {
            At++;
        }
    }

    /// <summary>Reads one whole document and appends it; false on an error.</summary>
    public bool Document()
    {
        Skip();
        return Value(out _) && End();
    }

    /// <summary>Whether nothing but white space follows.</summary>
    public bool End()
    {
        Skip();
        return At == _json.Length || Fail("Extra data", At);
    }

    /// <summary>Begins an object or array whose bracket is next. Balanced by <see cref="Leave"/>.</summary>
    public bool Enter()
    {
        At++;
        Skip();
        return ++_depth <= MaxDepth || Fail("", At);
    }

    /// <summary>Ends an object or array at its closing bracket.</summary>
    public void Leave()
    {
        At++;
        _depth--;
    }

    /// <summary>Reads a member's name up to its value and appends the name.</summary>
    public bool Name()
    {
        if (Next != '"')
        {
            return Fail("Expecting property name enclosed in double quotes", At);
        }

        if (!Text())
        {
            return false;
        }

        Skip();
        if (Next != ':')
        {
            return Fail("Expecting ':' delimiter", At);
        }

        At++;
        Skip();
        return true;
    }

    /// <summary>Moves over a comma to what follows it, or to the closing bracket.</summary>
    public bool Separator(char close)
    {
        Skip();
        if (Next == close)
        {
            return true;
        }

        if (Next != ',')
        {
            return Fail("Expecting ',' delimiter", At);
        }

        At++;
        Skip();
        return Next != close || Fail(close == '}' ? "Expecting property name enclosed in double quotes" : ExpectingValue, At);
    }

    /// <summary>Reads a value and appends it as it stands within a container: texts are quoted.</summary>
    public bool Value(out JsonKind kind)
    {
        var start = _output.Length;
        kind = JsonKind.Text;
        switch (Next)
        {
            case '"':
                _output.Append('\'');
                if (!Text())
                {
                    return false;
                }

                PythonText.Close(start + 1, _output);
                return true;
            case '{':
                kind = JsonKind.Object;
                return Object();
            case '[':
                return Array(out kind);
            case 't' when Word("true", "True"):
            case 'f' when Word("false", "False"):
                kind = JsonKind.Boolean;
                return true;
            case 'n' when Word("null", "None"):
                kind = JsonKind.Null;
                return true;
            case 'N' when Word("NaN", "nan"):
            case 'I' when Word("Infinity", "inf"):
            case '-' when Word("-Infinity", "-inf"):
                kind = JsonKind.Number;
                return true;
            default:
                kind = JsonKind.Number;
                return Number();
        }
    }

    private bool Object()
    {
        if (!Enter())
        {
            return false;
        }

        _output.Append('{');
        for (var before = "'"; Next != '}'; before = ", '")
        {
            _output.Append(before);
            var name = _output.Length;
            if (!Name())
            {
                return false;
            }

            PythonText.Close(name, _output);
            _output.Append(": ");
            if (!Value(out _) || !Separator('}'))
            {
                return false;
            }
        }

        _output.Append('}');
        Leave();
        return true;
    }

    private bool Array(out JsonKind kind)
    {
        kind = JsonKind.Array;
        if (!Enter())
        {
            return false;
        }

        _output.Append('[');
        if (Next == ']')
        {
            kind = JsonKind.EmptyArray;
        }

        for (var before = ""; Next != ']'; before = ", ")
        {
            _output.Append(before);
            if (!Value(out _) || !Separator(']'))
            {
                return false;
            }
        }

        _output.Append(']');
        Leave();
        return true;
    }

    private bool Fail(string error, int at)
    {
        Error = error;
        ErrorAt = at;
        for (var index = 1; index < at && index < _json.Length; index++)
        {
            ErrorAt -= char.IsSurrogatePair(_json[index - 1], _json[index]) ? 1 : 0; // Python counts a pair as one character
        }

        return false;
    }
}
