using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StepTool.Core.Serialization;
using StepTool.Core.Tools.Live;

namespace StepTool.Core.Worlds.Catalogues;

/// <summary>
/// Packs APIs, in the order of their keys, into the content of a catalogue: a mark, the detail of each API compressed for itself, the compressed index and
/// its length. Equal APIs give equal bytes; only one API at a time need be in memory.
/// </summary>
/// <param name="output">Takes the content; left open.</param>
public sealed class CatalogueWriter(Stream output)
{
    internal static readonly byte[] Magic = "steptool-catalogue-1\n"u8.ToArray();
    private readonly ImmutableArray<CatalogueEntry>.Builder _entries = ImmutableArray.CreateBuilder<CatalogueEntry>();
    private long _offset;

    /// <summary>APIs taken so far.</summary>
    public int Count => _entries.Count;

    /// <summary>Packs APIs in any order.</summary>
    /// <exception cref="ArgumentException">Two of them have the same key.</exception>
    public static ReadOnlyMemory<byte> Pack(IEnumerable<ApiDefinition> apis)
    {
        using var output = new MemoryStream();
        var writer = new CatalogueWriter(output);
        foreach (var api in apis.OrderBy(api => api.Documentation.Key))
        {
            writer.Add(api);
        }

        writer.Complete();
        return output.ToArray();
    }

    /// <summary>Takes the next API.</summary>
    /// <param name="api">The API.</param>
    /// <param name="isUndocumented">Whether nothing but its names and answers is known, so that agents are not offered it.</param>
    /// <exception cref="ArgumentException">Its key does not come after the last one's.</exception>
    public void Add(ApiDefinition api, bool isUndocumented = false)
    {
        ArgumentNullException.ThrowIfNull(api);
        if (_entries is [.., var last] && last.Documentation.Key.CompareTo(api.Documentation.Key) >= 0)
        {
            throw new ArgumentException($"API {api.Documentation.Key} comes after {last.Documentation.Key}; a catalogue takes each API once, in the order of keys.", nameof(api));
        }

        if (_entries.Count == 0)
        {
            Write(Magic);
        }

        var offset = _offset;
        Compress(new CatalogueDetail(api.Template, api.InputSchema, api.ResponseSchema, api.Answers, api.Others), CatalogueJson.Default.Of<CatalogueDetail>());
        _entries.Add(new CatalogueEntry(api.Documentation, api.Binding, api.Answers.Length, offset, checked((int)(_offset - offset))) { IsUndocumented = isUndocumented });
    }

    /// <summary>Writes the index.</summary>
    /// <exception cref="CatalogueException">No API was taken.</exception>
    public void Complete()
    {
        if (_entries.Count == 0)
        {
            throw new CatalogueException("A catalogue needs an API at least. See what was left out and why.");
        }

        var offset = _offset;
        Compress(new CatalogueIndex(CatalogueIndex.CurrentVersion, _entries.ToImmutable()), CatalogueJson.Default.Of<CatalogueIndex>());
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, checked((int)(_offset - offset)));
        Write(length);
    }

    private void Compress<T>(T value, JsonTypeInfo<T> form)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, new BrotliCompressionOptions { Quality = 5 }, leaveOpen: true))
        {
            JsonSerializer.Serialize(brotli, value, form);
        }

        Write(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    private void Write(ReadOnlySpan<byte> content)
    {
        output.Write(content);
        _offset += content.Length;
    }
}
