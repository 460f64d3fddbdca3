namespace StepTool.Core.Virtual;

/// <summary>Characters in a buffer that grows and is used again, so that a request costs no memory of its own.</summary>
internal sealed class TextBuffer
{
    private const int Smallest = 1024;
    private const int LargestKept = 64 * 1024;
    private char[] _characters = new char[Smallest];

    /// <summary>Characters in use. Setting it lower cuts the end off.</summary>
    public int Length { get; set; }

    /// <summary>A part of what was appended; valid even after the buffer has grown.</summary>
    public ReadOnlySpan<char> this[Range part] => _characters.AsSpan(0, Length)[part];

    /// <summary>Empties the buffer; a very large one is given back.</summary>
    public void Clear()
    {
        Length = 0;
        if (_characters.Length > LargestKept)
        {
            _characters = new char[Smallest];
        }
    }

    /// <summary>Appends one character.</summary>
    public void Append(char character)
    {
        if (Length == _characters.Length)
        {
            Grow(1);
        }

        _characters[Length++] = character;
    }

    /// <summary>Appends characters.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        text.CopyTo(Room(text.Length));
        Length += text.Length;
    }

    /// <summary>Room for at least so many characters at the end; <see cref="Length"/> is raised by whoever fills it.</summary>
    public Span<char> Room(int characters)
    {
        if (_characters.Length - Length < characters)
        {
            Grow(characters);
        }

        return _characters.AsSpan(Length);
    }

    private void Grow(int characters) => Array.Resize(ref _characters, Math.Max(_characters.Length * 2, Length + characters));
}
