using System.Text.Json;
using StepTool.Core.Storage;
using StepTool.Silo.Storage;
using Xunit;
using static StepTool.Tests.Storage.StorageBuilder;

namespace StepTool.Tests.Storage;

[Trait("Kind", "Storage")]
public sealed class StateSerializerTests
{
    private static readonly Note Long = new(string.Join(' ', Enumerable.Range(0, 2000)), 7);

    [Fact]
    public void Serialize_Small_StaysReadableJson()
    {
        var record = Serializer.Serialize(new Note("first", 1)).ToArray();

        Assert.Equal("""{"text":"first","number":1}""", System.Text.Encoding.UTF8.GetString(record[3..]));
    }

    [Fact]
    public void Serialize_Long_ShrinksAndComesBack()
    {
        var record = Serializer.Serialize(Long);

        Assert.True(record.ToMemory().Length < JsonSerializer.SerializeToUtf8Bytes(Long).Length / 2);
        Assert.Equal(Long, Serializer.Deserialize<Note>(record));
    }

    [Theory]
    [InlineData(StateSerializer.PackedFrom - 24)]
    [InlineData(StateSerializer.PackedFrom - 23)]
    [InlineData(StateSerializer.PackedFrom)]
    [InlineData(0)]
    public void Deserialize_AnyLength_ComesBack(int length)
    {
        var note = new Note(new string('a', length), 1);

        Assert.Equal(note, Serializer.Deserialize<Note>(Serializer.Serialize(note)));
    }

    [Fact]
    public void Deserialize_Null_ComesBack() => Assert.Null(Serializer.Deserialize<Note>(Serializer.Serialize<Note>(null)));

    [Fact]
    public void Deserialize_NewerVersion_NamesBoth()
    {
        var record = Serializer.Serialize(new Note("first", 1)).ToArray();
        record[1] = 2;

        var error = Assert.Throws<StorageException>(() => Serializer.Deserialize<Note>(new BinaryData(record)));

        Assert.Contains("The record of Note has version 2; this build reads version 1. Run the version of StepTool that wrote it.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deserialize_CutAnywhere_IsCorrupt()
    {
        foreach (var record in new[] { Serializer.Serialize(new Note("first", 1)).ToArray(), Serializer.Serialize(Long).ToArray() })
        {
            for (var length = 0; length < record.Length; length += 1 + (length / 8))
            {
                var error = Assert.Throws<StorageException>(() => Serializer.Deserialize<Note>(new BinaryData(record[..length])));
                Assert.Contains("is corrupt", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Deserialize_ForeignBytes_IsCorrupt() =>
        Assert.Contains("it does not begin as a state", Assert.Throws<StorageException>(() => Serializer.Deserialize<Note>(new BinaryData("{\"text\":1}"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Deserialize_UnknownPacking_IsCorrupt()
    {
        var record = Serializer.Serialize(new Note("first", 1)).ToArray();
        record[2] = 9;

        Assert.Contains("its packing 9 is unknown", Assert.Throws<StorageException>(() => Serializer.Deserialize<Note>(new BinaryData(record))).Message, StringComparison.Ordinal);
    }
}
