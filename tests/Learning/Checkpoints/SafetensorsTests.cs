using System.Buffers.Binary;
using System.Text;
using StepTool.Learning.Checkpoints;
using Xunit;

namespace StepTool.Tests.Learning.Checkpoints;

[Trait("Kind", "Unit")]
public sealed class SafetensorsTests
{
    [Fact]
    public void Write_ThenRead_GivesNamesShapesValuesAndMetadataBack()
    {
        var content = new SafetensorsContent(
            new Dictionary<string, string> { ["step"] = "7" },
            [new SafetensorsTensor("a", [2, 3], new float[] { 1, 2, 3, 4, 5, -0.5f }), new SafetensorsTensor("b", [0], Array.Empty<float>()), new SafetensorsTensor("c", [], new float[] { 9 })]);

        var read = SafetensorsReader.Read("file", SafetensorsWriter.Write(content));

        Assert.Equal("7", read.Metadata["step"]);
        Assert.Equal(["a", "b", "c"], read.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([2, 3], read.Tensors[0].Shape);
        Assert.Equal(content.Tensors[0].Values.ToArray(), read.Tensors[0].Values.ToArray());
        Assert.Equal([9f], read.Tensors[2].Values.ToArray());
    }

    [Fact]
    public void Write_OneTensor_HasTheLayoutOfTheFormat()
    {
        var file = SafetensorsWriter.Write(new SafetensorsContent(new Dictionary<string, string>(), [new SafetensorsTensor("w", [1], new float[] { 1 })]));

        var length = BinaryPrimitives.ReadInt64LittleEndian(file);
        Assert.Equal(0, length % 8);
        Assert.Equal("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", Encoding.UTF8.GetString(file, 8, (int)length).TrimEnd());
        Assert.Equal(new byte[] { 0, 0, 0x80, 0x3F }, file[^4..]);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "tensor 'w' ends at 8, the data has 4 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "the tensors end at 4, the data has 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor 'b' starts at 4 and overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "tensor 'b' starts at 8 and leaves a hole")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "the name 'w' appears twice")]
    [InlineData("""{"w":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", 4, "of the unknown type 'F33'")]
    [InlineData("""{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}""", 4, "is of type BF16; policies are stored as F32")]
    [InlineData("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}""", 4, "of shape [3] needs 12 bytes, its data_offsets are [0, 4]")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "has 'shape' [-1]")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "is larger than 2 GiB")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "its data_offsets are [4, 0]")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1]}}""", 4, "needs a shape and two data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":1}}""", 4, "the field 'extra'")]
    [InlineData("""{"w":7}""", 0, "tensor 'w' is not described by a JSON object")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "'__metadata__' key 'a' is not a string")]
    [InlineData("""[1,2]""", 0, "the header is not a JSON object")]
    [InlineData("""{"w":""", 0, "the header is not JSON at byte")]
    public void Read_BadHeader_NamesFilePlaceAndProblem(string header, int dataLength, string expected)
    {
        var exception = Assert.Throws<PolicyFormatException>(() => SafetensorsReader.Read("some/weights.safetensors", File(header, dataLength)));

        Assert.StartsWith("some/weights.safetensors: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "has 0 bytes")]
    [InlineData(5, "has 5 bytes")]
    [InlineData(20, "It is cut")]
    public void Read_CutFile_SaysSo(int length, string expected)
    {
        var file = File("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4)[..length];

        var exception = Assert.Throws<PolicyFormatException>(() => SafetensorsReader.Read("file", file));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000_001)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Read_HeaderTooLarge_IsRefusedBeforeItIsRead(long length)
    {
        var file = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(file, length);

        var exception = Assert.Throws<PolicyFormatException>(() => SafetensorsReader.Read("file", file));

        Assert.Contains($"claims {length} bytes, allowed are 2 to 100000000", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EveryPrefixOfAFile_IsRefused()
    {
        var file = SafetensorsWriter.Write(new SafetensorsContent(new Dictionary<string, string>(), [new SafetensorsTensor("w", [2], new float[] { 1, 2 })]));

        Assert.All(Enumerable.Range(0, file.Length), length => Assert.Throws<PolicyFormatException>(() => SafetensorsReader.Read("file", file.AsMemory(0, length))));
    }

    [Fact]
    public void Write_NameTwice_IsRefused()
    {
        var tensor = new SafetensorsTensor("w", [1], new float[] { 1 });

        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(new SafetensorsContent(new Dictionary<string, string>(), [tensor, tensor])));
    }

    private static byte[] File(string header, int dataLength)
    {
        var file = new byte[8 + Encoding.UTF8.GetByteCount(header) + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(file, Encoding.UTF8.GetBytes(header, file.AsSpan(8)));
        return file;
    }
}
