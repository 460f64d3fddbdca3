using System.Globalization;
using System.Text;

namespace StepTool.Core.Episodes;

/// <summary>
/// Reads named scalars from what tools answer: JSON, Python literals, <c>key=value</c> and <c>key: value</c> text, whole or cut in the middle.
/// Tolerant by design, since observations are cut to a length and publishers answer as they like.
/// </summary>
public static class ObservationReader
{
    private const int MaxValues = 48;
    private const int MaxValueLength = 96;
    private const string CutMark = "...";

    /// <summary>The scalars of a text in their order, at most 48, each at most 96 characters long. A value that the text's end cuts off is none.</summary>
    public static List<ObservedValue> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var values = new List<ObservedValue>();
        var open = new Stack<Container>();
        string? field = null;
        Token? previous = null;
        var position = 0;
        while (values.Count < MaxValues && Next(text, ref position) is { } token)
        {
            switch (token.Kind)
            {
                case TokenKind.Separator:
                    field = previous is { Kind: TokenKind.Word or TokenKind.Quoted } name ? name.Text : field;
                    break;
                case TokenKind.Open:
                    open.Push(new Container(text[position - 1] == '[', field));
                    break;
                case TokenKind.Close:
                    open.TryPop(out _);
                    field = Naming(open);
                    break;
                case TokenKind.Comma:
                    field = Naming(open);
                    break;
                default:
                    var isValue = field is not null && previous is { Kind: TokenKind.Separator or TokenKind.Open or TokenKind.Comma } && !NamesNext(text, position);
                    if (isValue && token.Text.Length is > 0 and <= MaxValueLength && !(token.Kind == TokenKind.Word && IsCutAt(text, position)))
                    {
                        values.Add(new ObservedValue(field!, token.Text));
                    }

                    break;
            }

            previous = token;
        }

        return values;
    }

    // A list gives its name to each of its elements; anything else is over.
    private static string? Naming(Stack<Container> open) => open.TryPeek(out var container) && container.IsList ? container.Field : null;

    private static bool IsCutAt(string text, int position) => position == text.Length - CutMark.Length && text.EndsWith(CutMark, StringComparison.Ordinal);

    private static bool NamesNext(string text, int position)
    {
        while (position < text.Length && text[position] == ' ')
        {
            position++;
        }

        return position < text.Length && text[position] is ':' or '=';
    }

    private static Token? Next(string text, ref int position)
    {
        while (position < text.Length)
        {
            var character = text[position];
            switch (character)
            {
                case ':' or '=':
                    position++;
                    return new Token(TokenKind.Separator, "");
                case ',' or ';':
                    position++;
                    return new Token(TokenKind.Comma, "");
                case '{' or '[' or '(':
                    position++;
                    return new Token(TokenKind.Open, "");
                case '}' or ']' or ')':
                    position++;
                    return new Token(TokenKind.Close, "");
                case '"' or '\'' when !IsApostrophe(text, position):
                    if (Quoted(text, ref position) is { } quoted)
                    {
                        return quoted;
                    }

                    continue;
            }

            if (IsWord(character))
            {
                return Word(text, ref position);
            }

            position++;
        }

        return null;
    }

    // Without its closing quote a text was cut off; a single quote may as well mean nothing.
    private static Token? Quoted(string text, ref int position)
    {
        var quote = text[position];
        var start = position + 1;
        var end = start;
        var isEscaped = false;
        while (end < text.Length && text[end] != quote)
        {
            isEscaped |= text[end] == '\\';
            end += text[end] == '\\' ? 2 : 1;
        }

        if (end >= text.Length)
        {
            position = quote == '\'' ? start : text.Length;
            return null;
        }

        position = end + 1;
        return new Token(TokenKind.Quoted, isEscaped ? Unescape(text.AsSpan(start, end - start)) : text[start..end]);
    }

    private static string Unescape(ReadOnlySpan<char> escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var index = 0; index < escaped.Length; index++)
        {
            if (escaped[index] != '\\' || index + 1 == escaped.Length)
            {
                text.Append(escaped[index]);
                continue;
            }

            index++;
            if (escaped[index] == 'u' && index + 4 < escaped.Length
                && ushort.TryParse(escaped.Slice(index + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                text.Append((char)code);
                index += 4;
            }
            else
            {
                text.Append(escaped[index] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other });
            }
        }

        // Half of a character that takes two code units is no text.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static Token Word(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && (IsWord(text[position]) || IsInner(text, position) || (text[position] is '\'' or '’' && IsApostrophe(text, position))))
        {
            position++;
        }

        return new Token(TokenKind.Word, text[start..position]);
    }

    private static bool IsApostrophe(string text, int position) => text[position] != '"' && position > 0 && char.IsLetterOrDigit(text[position - 1])
        && !(text[position - 1] is 'u' or 'b' or 'r' && (position == 1 || !char.IsLetterOrDigit(text[position - 2]))); // a Python text's prefix

    private static bool IsWord(char character) => char.IsLetterOrDigit(character) || character is '_' or '-' or '@' or '#' or '+';

    // A dot, slash or colon inside a word belongs to it: 3.14, 2024-01-02T10:30, https://host/path.
    private static bool IsInner(string text, int position) => position > 0 && position + 1 < text.Length && text[position] switch
    {
        '.' => char.IsLetterOrDigit(text[position + 1]),
        '/' => char.IsLetterOrDigit(text[position + 1]) || text[position + 1] == '/',
        ':' => (char.IsDigit(text[position - 1]) && char.IsDigit(text[position + 1])) || text.AsSpan(position).StartsWith("://"),
        _ => false,
    };

    private enum TokenKind
    {
        Word,
        Quoted,
        Separator,
        Comma,
        Open,
        Close,
    }

    private readonly record struct Token(TokenKind Kind, string Text);

    private readonly record struct Container(bool IsList, string? Field);
}
