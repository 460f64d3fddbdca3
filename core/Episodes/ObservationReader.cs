namespace StepTool.Core.Episodes;

/// <summary>
/// Reads named scalars from what tools answer: JSON, Python literals, <c>key=value</c> and <c>key: value</c> text, whole or cut in the middle.
/// Tolerant by design, since observations are cut to a length and publishers answer as they like.
/// </summary>
public static class ObservationReader
{
    private const int MaxValues = 48;
    private const int MaxValueLength = 96;

    /// <summary>The scalars of a text in their order, at most 48, each at most 96 characters long.</summary>
    public static List<ObservedValue> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var values = new List<ObservedValue>();
        string? field = null;
        Token? previous = null;
        var position = 0;
        while (values.Count < MaxValues && Next(text, ref position) is { } token)
        {
            switch (token.Kind)
            {
                case TokenKind.Separator:
                    field = previous is { Kind: TokenKind.Word or TokenKind.Quoted } name ? name.Text : field;
                    previous = token;
                    continue;
                case TokenKind.Open:
                    previous = token;
                    continue;
                case TokenKind.Close or TokenKind.Comma:
                    // A list keeps its name for each element; anything else is over.
                    field = previous is { Kind: TokenKind.Word or TokenKind.Quoted } && token.Kind == TokenKind.Comma && IsInList(text, position) ? field : null;
                    previous = token;
                    continue;
            }

            var isValue = field is not null && previous is { Kind: TokenKind.Separator or TokenKind.Open or TokenKind.Comma } && !NamesNext(text, position);
            if (isValue && token.Text.Length is > 0 and <= MaxValueLength)
            {
                values.Add(new ObservedValue(field!, token.Text));
            }

            previous = token;
        }

        return values;
    }

    private static bool NamesNext(string text, int position)
    {
        while (position < text.Length && text[position] == ' ')
        {
            position++;
        }

        return position < text.Length && text[position] is ':' or '=';
    }

    private static bool IsInList(string text, int position)
    {
        var depth = 0;
        for (var index = position - 2; index >= 0 && index > position - 2048; index--)
        {
            switch (text[index])
            {
                case ']' or '}':
                    depth++;
                    break;
                case '[' when depth == 0:
                    return true;
                case '{' when depth == 0:
                    return false;
                case '[' or '{':
                    depth--;
                    break;
            }
        }

        return false;
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
                case '"' or '\'':
                    return Quoted(text, ref position);
            }

            if (IsWord(character))
            {
                return Word(text, ref position);
            }

            position++;
        }

        return null;
    }

    private static Token Quoted(string text, ref int position)
    {
        var quote = text[position];
        var start = ++position;
        while (position < text.Length && text[position] != quote)
        {
            position += text[position] == '\\' ? 2 : 1;
        }

        var end = Math.Min(position, text.Length);
        position = end + 1;
        return new Token(TokenKind.Quoted, text[start..end]);
    }

    private static Token Word(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && (IsWord(text[position]) || IsInner(text, position)))
        {
            position++;
        }

        return new Token(TokenKind.Word, text[start..position]);
    }

    private static bool IsWord(char character) => char.IsLetterOrDigit(character) || character is '_' or '-' or '@' or '#' or '+';

    // A dot, slash or colon inside a word belongs to it: 3.14, 2024-01-02T10:30, https://host/path.
    private static bool IsInner(string text, int position) =>
        text[position] is '.' or '/' or ':' && position > 0 && position + 1 < text.Length
        && (char.IsLetterOrDigit(text[position + 1]) || text[position + 1] == '/') && (char.IsDigit(text[position - 1]) || text[position] != ':');

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
}
