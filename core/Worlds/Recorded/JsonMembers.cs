using System.Text;
using System.Text.Json;

namespace StepTool.Core.Worlds.Recorded;

/// <summary>Reads the members of one JSON object one by one, so that a file of any length takes the memory of its longest member.</summary>
/// <param name="stream">The file, at its beginning.</param>
internal sealed class JsonMembers(Stream stream)
{
    private const int FirstBuffer = 1 << 16;
    private const int LongestMember = 256 << 20;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;
    private bool _isLast;
    private bool _isInside;
    private JsonReaderState _state;

    /// <summary>The next member; null after the last.</summary>
    /// <exception cref="JsonException">The text is not one JSON object.</exception>
    public async ValueTask<(string Name, JsonElement Value)?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var outcome = TryRead(out var member);
            if (outcome != Outcome.NeedsMore)
            {
                return outcome == Outcome.Member ? member : null;
            }

            await FillAsync(cancellationToken);
        }
    }

    private Outcome TryRead(out (string Name, JsonElement Value) member)
    {
        member = default;
        var origin = _start;
        var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _isLast, _state);
        if (!_isInside)
        {
            if (!reader.Read())
            {
                return Outcome.NeedsMore;
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException($"expected an object, found {reader.TokenType.ToString().ToLowerInvariant()}.", null, 0, 0);
            }

            _isInside = true;
            Commit(origin, ref reader);
        }

        if (!reader.Read())
        {
            return Outcome.NeedsMore;
        }

        if (reader.TokenType == JsonTokenType.EndObject)
        {
            // Whatever follows the object is at fault, so the reader looks on; it throws where something does.
            return !reader.Read() && _isLast ? Outcome.Ended : Outcome.NeedsMore;
        }

        var name = Name(ref reader);
        if (!reader.Read() || !JsonDocument.TryParseValue(ref reader, out var document))
        {
            return Outcome.NeedsMore;
        }

        using (document)
        {
            member = (name, document.RootElement.Clone());
        }

        Commit(origin, ref reader);
        return Outcome.Member;
    }

    private void Commit(int origin, ref Utf8JsonReader reader)
    {
        _start = origin + (int)reader.BytesConsumed;
        _state = reader.CurrentState;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_isLast)
        {
            throw new JsonException("the file ends within the object.", null, null, null);
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestMember)
            {
                throw new JsonException($"an entry is longer than {LongestMember >> 20} MB.", null, null, null);
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var isFirst = !_isInside && _end == 0;
        var read = await stream.ReadAtLeastAsync(_buffer.AsMemory(_end), isFirst ? Math.Min(3, _buffer.Length) : 1, throwOnEndOfStream: false, cancellationToken);
        _end += read;
        _isLast = read == 0;
        if (isFirst && _buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble))
        {
            _start = Encoding.UTF8.Preamble.Length;
        }
    }

    // Half of an escaped surrogate pair is no text; the name then stands as it is written.
    private static string Name(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    private enum Outcome
    {
        NeedsMore,
        Member,
        Ended,
    }
}
