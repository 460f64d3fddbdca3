using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Serialization;
using StepTool.Core.Tasks;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Queue;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Learning.Checkpoints;
using StepTool.Learning.Learner;
using StepTool.Learning.Models;
using StepTool.Silo.Storage;
using Xunit;

namespace StepTool.Tests.Serialization;

/// <summary>
/// Records and blobs as the bytes that are stored, Goldens/FORM.1.bin, FORM.2.bin, ...: head, version and packing of a record, a trajectory, a segment of outcomes,
/// a chunk of tasks, a policy's three blobs. Whoever changes a form adds the next file, with STEPTOOL_GOLDENS=write, and leaves the older ones: they must be read for ever.
/// </summary>
[Trait("Kind", "Unit")]
public sealed class StoredFormTests
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(Here())!, "Goldens");
    private static readonly StateSerializer Serializer = new(Wire.State);

    // Each form: its bytes as they are written today, and what they say. Compressed bytes may differ from one version of .NET to the next; what they say may not.
    private static readonly Dictionary<string, (Func<byte[]> Write, Func<byte[], string> Read)> Forms = new()
    {
        ["record-plain"] = (() => Record(Full<QueueState>()), bytes => Head(bytes, 3) + Json(Serializer.Deserialize<QueueState>(new BinaryData(bytes))!)),
        ["record-packed"] = (() => Record(new RunIndexState { Entries = [.. Enumerable.Range(0, 60).Select(_ => Full<RunEntry>())] }), bytes => Head(bytes, 7) + Json(Serializer.Deserialize<RunIndexState>(new BinaryData(bytes))!)),
        ["trajectory"] = (() => EpisodeCodec.Encode(Full<Episode>()), bytes => Inflated(bytes) + Json(EpisodeCodec.Decode(bytes))),
        ["outcomes"] = (
            () => JsonSerializer.SerializeToUtf8Bytes([Full<RolloutOutcome>()], ContractsJson.Default.Of<ImmutableArray<RolloutOutcome>>()),
            bytes => Encoding.UTF8.GetString(bytes) + JsonSerializer.Deserialize(bytes, ContractsJson.Default.Of<ImmutableArray<RolloutOutcome>>()).Length),
        ["tasks"] = (
            () => JsonSerializer.SerializeToUtf8Bytes([Full<AgentTask>()], CoreJson.Default.Of<ImmutableArray<AgentTask>>()),
            bytes => Encoding.UTF8.GetString(bytes) + JsonSerializer.Deserialize(bytes, CoreJson.Default.Of<ImmutableArray<AgentTask>>()).Length),
        ["policy"] = (WritePolicy, ReadPolicy),
    };

    public static TheoryData<string> Names => [.. Forms.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void NewestGolden_OfEachForm_SaysWhatIsWrittenToday(string name)
    {
        var (write, read) = Forms[name];
        var (today, goldens) = (write(), Goldens(name));
        if (Environment.GetEnvironmentVariable("STEPTOOL_GOLDENS") == "write" && (goldens.Length == 0 || read(File.ReadAllBytes(goldens[^1])) != read(today)))
        {
            File.WriteAllBytes(Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{name}.{goldens.Length + 1}.bin")), today);
            goldens = Goldens(name);
        }

        Assert.True(goldens.Length > 0, $"{Folder} has no golden of {name}. Write it with STEPTOOL_GOLDENS=write.");
        Assert.Equal(read(File.ReadAllBytes(goldens[^1])), read(today));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryGolden_OfEachForm_IsRead(string name) => Assert.All(Goldens(name), golden => Assert.NotEmpty(Forms[name].Read(File.ReadAllBytes(golden))));

    private static string[] Goldens(string name) =>
        [.. Directory.GetFiles(Folder, $"{name}.*.bin").OrderBy(path => int.Parse(Path.GetFileName(path).Split('.')[1], CultureInfo.InvariantCulture))];

    private static T Full<T>() => new Filler(isFull: true).Make<T>();

    private static byte[] Record<T>(T state) => Serializer.Serialize(state).ToArray();

    private static string Head(byte[] bytes, int length) => Convert.ToHexString(bytes[..length]);

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.State.GetTypeInfo(typeof(T)));

    // The three blobs of a version, each behind its length.
    private static byte[] WritePolicy()
    {
        var weights = NetworkWeights.Initialise(new CandidateArchitecture(5, 3, 8, 6, 4, shortcut: true), new SeededRandom(1));
        var blobs = PolicyCheckpoint.Of(LearnerState.Start(weights, 0.1, 7), "candidates/1", new Dictionary<string, string> { ["policy"] = "p", ["parent"] = "0" }).ToBlobs();
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var blob in new[] { blobs.Description, blobs.Weights, blobs.Optimiser })
        {
            writer.Write(blob.Length);
            writer.Write(blob.Span);
        }

        return bytes.ToArray();
    }

    private static string ReadPolicy(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        byte[] Next() => reader.ReadBytes(reader.ReadInt32());
        var read = PolicyCheckpoint.FromBlobs("golden", new PolicyBlobs(Next(), Next(), Next()), "candidates/1");
        return $"{read.Weights.Architecture} {string.Join(' ', read.Weights.Values.ToArray())} {read.State!.KlCoefficient} {string.Join(' ', read.State.Random.ToArray())} {string.Join(' ', read.Description.Lineage.OrderBy(pair => pair.Key, StringComparer.Ordinal))}";
    }

    private static string Inflated(byte[] bytes)
    {
        using var text = new StreamReader(new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress));
        return text.ReadToEnd();
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
