using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StepTool.Core.Serialization;
using StepTool.Core.Tools;

namespace StepTool.Core.Worlds.Catalogues.Imports;

/// <summary>
/// The file in which an import keeps what it has read, so that it can go on after an interruption and need not hold it in memory. Records follow each other:
/// kind, lengths of name and content, name, compressed content. A part that has no end record is cut off when the file is opened again.
/// </summary>
internal sealed class ImportSpool : IDisposable
{
    private const byte Fragment = 1;
    private const byte Skipped = 2;
    private const byte End = 3;
    private const int HeaderLength = 1 + (2 * sizeof(int));
    private readonly FileStream _file;
    private readonly List<Entry> _open = [];
    private readonly List<SpooledPart> _parts = [];
    private readonly SortedDictionary<ApiKey, List<Entry>> _apis = [];
    private readonly List<Entry> _skipped = [];
    private readonly HashSet<string> _tools = new(StringComparer.Ordinal);
    private long _end;

    /// <summary>Opens the file, or begins it.</summary>
    public ImportSpool(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        var position = 0L;
        while (ReadHeader(position) is { } entry)
        {
            position = entry.Offset + entry.Length;
            Take(entry);
        }

        Truncate();
    }

    /// <summary>Parts read to their end, in order.</summary>
    public IReadOnlyList<SpooledPart> Parts => _parts;

    /// <summary>APIs of those parts.</summary>
    public IReadOnlyDictionary<ApiKey, List<Entry>> Apis => _apis;

    /// <summary>Number of entries left out.</summary>
    public int SkippedCount => _skipped.Count;

    /// <summary>Tools that those parts named.</summary>
    public IReadOnlySet<string> Tools => _tools;

    /// <summary>Forgets all but the first parts, since what follows has changed.</summary>
    public void KeepOnly(int parts)
    {
        if (parts == _parts.Count)
        {
            return;
        }

        _end = parts == 0 ? 0 : _parts[parts - 1].End;
        _parts.RemoveRange(parts, _parts.Count - parts);
        _skipped.RemoveAll(entry => entry.Offset >= _end);
        foreach (var (key, entries) in _apis.ToArray())
        {
            if (entries.RemoveAll(entry => entry.Offset >= _end) > 0 && entries.Count == 0)
            {
                _apis.Remove(key);
            }
        }

        _tools.Clear();
        _tools.UnionWith(_parts.SelectMany(part => part.Tools));
        Truncate();
    }

    public void Add(ApiFragment fragment) => Write(Fragment, fragment.Key.ToString(), fragment, SpoolJson.Default.Of<ApiFragment>());

    public void Add(SkippedPart skipped) => Write(Skipped, "", skipped, SpoolJson.Default.Of<SkippedPart>());

    /// <summary>Ends a part: from here on it is kept.</summary>
    public void Complete(SourcePart part, IEnumerable<string> tools)
    {
        Write(End, part.Name, new SpooledPart(part.Name, part.Version, [.. tools], 0), SpoolJson.Default.Of<SpooledPart>());
        _file.Flush();
    }

    /// <summary>Reads an API's fragments, in the order they were added.</summary>
    public IEnumerable<ApiFragment> Read(ApiKey key) => _apis[key].Select(entry => Read(entry, SpoolJson.Default.Of<ApiFragment>()));

    /// <summary>Reads what was left out.</summary>
    public IEnumerable<SkippedPart> ReadSkipped() => _skipped.Select(entry => Read(entry, SpoolJson.Default.Of<SkippedPart>()));

    public void Dispose() => _file.Dispose();

    private void Write<T>(byte kind, string name, T content, JsonTypeInfo<T> form)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, new BrotliCompressionOptions { Quality = 3 }, leaveOpen: true))
        {
            JsonSerializer.Serialize(brotli, content, form);
        }

        var label = Encoding.UTF8.GetBytes(name);
        Span<byte> header = stackalloc byte[HeaderLength];
        header[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(header[1..], label.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[(1 + sizeof(int))..], (int)packed.Length);
        _file.Position = _end;
        _file.Write(header);
        _file.Write(label);
        _file.Write(packed.GetBuffer().AsSpan(0, (int)packed.Length));
        var entry = new Entry(kind, name, _end + HeaderLength + label.Length, (int)packed.Length);
        _end = _file.Position;
        Take(entry);
    }

    private void Take(Entry entry)
    {
        if (entry.Kind != End)
        {
            _open.Add(entry);
            return;
        }

        var part = Read(entry, SpoolJson.Default.Of<SpooledPart>()) with { End = entry.Offset + entry.Length };
        _parts.Add(part);
        _tools.UnionWith(part.Tools);
        _end = part.End;
        foreach (var one in _open)
        {
            if (one.Kind == Skipped)
            {
                _skipped.Add(one);
            }
            else
            {
                var key = ApiKey.Parse(one.Name);
                if (!_apis.TryGetValue(key, out var entries))
                {
                    _apis.Add(key, entries = []);
                }

                entries.Add(one);
            }
        }

        _open.Clear();
    }

    private void Truncate()
    {
        _open.Clear();
        _file.SetLength(_end);
    }

    private Entry? ReadHeader(long position)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        _file.Position = position;
        if (_file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
        {
            return null;
        }

        var (name, content) = (BinaryPrimitives.ReadInt32LittleEndian(header[1..]), BinaryPrimitives.ReadInt32LittleEndian(header[(1 + sizeof(int))..]));
        if (header[0] is < Fragment or > End || name < 0 || content < 0 || position + HeaderLength + name + content > _file.Length)
        {
            return null;
        }

        var label = new byte[name];
        _file.ReadExactly(label);
        return new Entry(header[0], Encoding.UTF8.GetString(label), position + HeaderLength + name, content);
    }

    private T Read<T>(Entry entry, JsonTypeInfo<T> form)
    {
        var packed = new byte[entry.Length];
        _file.Position = entry.Offset;
        _file.ReadExactly(packed);
        using var brotli = new BrotliStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(brotli, form)!;
    }

    /// <summary>Where a record stands.</summary>
    internal readonly record struct Entry(byte Kind, string Name, long Offset, int Length);
}

/// <summary>A part that was read to its end.</summary>
internal sealed record SpooledPart(string Name, string Version, ImmutableArray<string> Tools, long End);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ApiFragment))]
[JsonSerializable(typeof(SkippedPart))]
[JsonSerializable(typeof(SpooledPart))]
internal sealed partial class SpoolJson : JsonSerializerContext;
