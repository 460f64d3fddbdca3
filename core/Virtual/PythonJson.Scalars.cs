using System.Buffers;
using System.Globalization;

namespace StepTool.Core.Virtual;

internal ref partial struct PythonJson
{
    private const int MaxIntegerDigits = 4300;
    private static readonly SearchValues<char> Special = SearchValues.Create(['"', '\\', .. Enumerable.Range(0, ' ').Select(code => (char)code)]);

    /// <summary>Reads a text whose quote is next and appends its characters, unquoted.</summary>
    public bool Text()
    {
        var begin = At++;
        while (true)
        {
            var run = _json[At..].IndexOfAny(Special);
            if (run < 0)
            {
                return Fail("Unterminated string starting at", begin);
            }

            _output.Append(_json.Slice(At, run));
            At += run;
            switch (_json[At])
            {
                case '"':
                    At++;
                    return true;
                case '\\':
                    if (!Escape(begin))
                    {
                        return false;
                    }

                    break;
                default:
                    return Fail("Invalid control character at", At);
            }
        }
    }

    private bool Escape(int begin)
    {
        if (At + 1 >= _json.Length)
        {
            return Fail("Unterminated string starting at", begin);
        }

        var escape = _json[At + 1];
        if (escape == 'u')
        {
            // Python wants a character behind the four digits, and no sign or space among them.
            if (At + 6 >= _json.Length
                || !ushort.TryParse(_json.Slice(At + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                return Fail("Invalid \\uXXXX escape", At + 1);
            }

            _output.Append((char)code);
            At += 6;
            return true;
        }

        var known = "\"\\/bfnrt".IndexOf(escape, StringComparison.Ordinal);
        if (known < 0)
        {
            return Fail("Invalid \\escape", At);
        }

        _output.Append("\"\\/\b\f\n\r\t"[known]);
        At += 2;
        return true;
    }

    private bool Number()
    {
        var at = At;
        at += At < _json.Length && _json[at] == '-' ? 1 : 0;
        var whole = Digits(at);
        if (whole == 0)
        {
            return Fail(ExpectingValue, At);
        }

        at += _json[at] == '0' ? 1 : whole;
        var integer = at;
        if (at + 1 < _json.Length && _json[at] == '.' && char.IsAsciiDigit(_json[at + 1]))
        {
            at += 1 + Digits(at + 1);
        }

        if (at + 1 < _json.Length && _json[at] is 'e' or 'E')
        {
            var sign = _json[at + 1] is '+' or '-' ? 1 : 0;
            var digits = Digits(at + 1 + sign);
            at += digits > 0 ? 1 + sign + digits : 0;
        }

        var number = _json[At..at];
        if (at == integer)
        {
            if (number.TrimStart('-').Length > MaxIntegerDigits)
            {
                return Fail("", At);
            }

            PythonNumber.AppendInteger(number, _output);
        }
        else
        {
            PythonNumber.AppendFloat(double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture), _output);
        }

        At = at;
        return true;
    }

    private readonly int Digits(int from)
    {
        if (from >= _json.Length)
        {
            return 0;
        }

        var count = _json[from..].IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? _json.Length - from : count;
    }

    private bool Word(string json, string python)
    {
        if (!_json[At..].StartsWith(json, StringComparison.Ordinal))
        {
            return false;
        }

        At += json.Length;
        _output.Append(python);
        return true;
    }
}
