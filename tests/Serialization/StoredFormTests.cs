using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using StepTool.Core.Chance;
using StepTool.Core.Episodes;
using StepTool.Core.Serialization;
using StepTool.Core.Storage;
using StepTool.Core.Tasks;
using StepTool.Core.Tools.Live;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Core.Worlds.Recorded;
using StepTool.Grains.Contracts;
using StepTool.Grains.Hosting;
using StepTool.Grains.Queue;
using StepTool.Grains.Runs;
using StepTool.Grains.Tasks;
using StepTool.Learning.Checkpoints;
using StepTool.Learning.Learner;
using StepTool.Learning.Models;
using StepTool.Silo.Storage;
using StepTool.Tests.Worlds.Recorded;
using Xunit;

namespace StepTool.Tests.Serialization;

/// <summary>
/// Records and blobs as the bytes that are stored, Goldens/FORM.1.bin, FORM.2.bin, ...: head, version and packing of a record, a trajectory, a segment of outcomes, an index of segments,
/// a chunk of tasks, a policy's three blobs, an imported world, a catalogue. Whoever changes a form adds the next file, with STEPTOOL_GOLDENS=write, and leaves the older ones: they must be read for ever.
/// </summary>
[Trait("Kind", "Unit")]
public sealed class StoredFormTests
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(Here())!, "Goldens");
    private static readonly byte[] ArchiveMark = "steptool-world-1\n"u8.ToArray();
    private static readonly StateSerializer Serializer = new(Wire.State);

    // Each form: its bytes as they are written today, the text in them, and what that text becomes by being read and written. Compressed bytes may differ from one
    // version of .NET to the next; what they say may not.
    private static readonly Dictionary<string, Form> Forms = new()
    {
        ["record-plain"] = new(() => Record(Full<QueueState>()), bytes => Text(bytes[3..]), bytes => Json(Serializer.Deserialize<QueueState>(new BinaryData(bytes))!), HeadLength: 3),
        ["record-packed"] = new(
            () => Record(new RunIndexState { Entries = [.. Enumerable.Range(0, 60).Select(_ => Full<RunEntry>())] }),
            bytes => Unpacked(bytes[7..]),
            bytes => Json(Serializer.Deserialize<RunIndexState>(new BinaryData(bytes))!),
            HeadLength: 7),
        ["trajectory"] = new(() => EpisodeCodec.Encode(Full<Episode>()), bytes => Inflated(Content(bytes)), bytes => Json(EpisodeCodec.Decode(bytes)), HeadLength: 2),
        ["outcomes"] = new(() => OutcomeLog.Segments.Encode([Full<RolloutOutcome>()]), bytes => Text(Content(bytes)), bytes => Json(OutcomeLog.Segments.Decode(bytes)), HeadLength: 2),
        ["outcome-index"] = new(() => OutcomeLog.Indices.Encode(["first", "second"]), bytes => Text(Content(bytes)), bytes => Json(OutcomeLog.Indices.Decode(bytes)), HeadLength: 2),
        ["tasks"] = new(() => ChunkedTasks.Chunks.Encode([Full<AgentTask>()]), bytes => Text(Content(bytes)), bytes => Json(ChunkedTasks.Chunks.Decode(bytes)), HeadLength: 2),
        ["policy"] = new(WritePolicy, ReadPolicy, ReadPolicy),
        ["archive"] = new(WriteArchive, bytes => Unpacked(bytes[ArchiveMark.Length..]), ReadArchive, ArchiveMark.Length),
        ["catalogue"] = new(() => CatalogueWriter.Pack([Full<ApiDefinition>()]).ToArray(), ReadCatalogue, ReadCatalogue, CatalogueWriter.Magic.Length),
    };

    public static TheoryData<string> Names => [.. Forms.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void NewestGolden_OfEachForm_SaysWhatIsWrittenToday(string name)
    {
        var form = Forms[name];
        var (today, goldens) = (form.Write(), Goldens(name));
        if (Environment.GetEnvironmentVariable("STEPTOOL_GOLDENS") == "write" && (goldens.Length == 0 || form.Says(File.ReadAllBytes(goldens[^1])) != form.Says(today)))
        {
            File.WriteAllBytes(Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{name}.{goldens.Length + 1}.bin")), today);
            goldens = Goldens(name);
        }

        Assert.True(goldens.Length > 0, $"{Folder} has no golden of {name}. Write it with STEPTOOL_GOLDENS=write.");
        Assert.Equal(form.Says(File.ReadAllBytes(goldens[^1])), form.Says(today));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryGolden_OfEachForm_KeepsAllThatItSays(string name) => Assert.All(Goldens(name), golden =>
    {
        var bytes = File.ReadAllBytes(golden);
        Assert.Empty(KeptText.Lost(Forms[name].Text(bytes), Forms[name].Read(bytes)));
    });

    [Theory]
    [InlineData("trajectory", "A trajectory")]
    [InlineData("outcomes", "A segment of outcomes")]
    [InlineData("outcome-index", "An index of outcomes")]
    [InlineData("tasks", "A chunk of tasks")]
    public void NewerBlob_IsRefusedByBothVersions(string name, string what)
    {
        var bytes = Forms[name].Write();
        var version = bytes[1]++;

        var error = Assert.Throws<StorageException>(() => Forms[name].Read(bytes));

        Assert.Equal($"{what} has version {version + 1}; this build reads version {version}. Run the version of StepTool that wrote it.", error.Message);
        Assert.Equal(Goldens(name).Length, version);
    }

    [Fact]
    public void NewerArchiveCatalogueOrPolicy_IsRefusedByBothVersions()
    {
        var archive = Assert.Throws<RecordedWorldException>(() => ReadArchive([.. ArchiveMark, .. Packed(Newer(Unpacked(WriteArchive()[ArchiveMark.Length..]), "\"Version\":", ArchiveContent.CurrentVersion))]));
        Assert.StartsWith($"The archive has version {ArchiveContent.CurrentVersion + 1}; this build reads version {ArchiveContent.CurrentVersion}. Run the version of StepTool that wrote it", archive.Message, StringComparison.Ordinal);

        var catalogue = CatalogueWriter.Pack([Full<ApiDefinition>()]).ToArray();
        var from = catalogue.Length - sizeof(int) - BinaryPrimitives.ReadInt32LittleEndian(catalogue.AsSpan(catalogue.Length - sizeof(int)));
        var index = Packed(Newer(Unpacked(catalogue[from..^sizeof(int)]), "\"Version\":", CatalogueIndex.CurrentVersion));
        var refused = Assert.Throws<CatalogueException>(() => ReadCatalogue([.. catalogue[..from], .. index, .. BitConverter.GetBytes(index.Length)]));
        Assert.StartsWith($"The catalogue has version {CatalogueIndex.CurrentVersion + 1}; this build reads version {CatalogueIndex.CurrentVersion}. Run the version of StepTool that wrote it", refused.Message, StringComparison.Ordinal);

        var policy = Encoding.Latin1.GetBytes(Newer(Encoding.Latin1.GetString(WritePolicy()), "\"format\": ", 1));
        Assert.Contains("key 'format' is 2, this version reads 1. Use the version that wrote it", Assert.Throws<PolicyFormatException>(() => ReadPolicy(policy)).Message, StringComparison.Ordinal);
    }

    private static string Newer(string text, string key, int version)
    {
        Assert.Contains(key + version, text, StringComparison.Ordinal);
        return text.Replace(key + version, key + (version + 1), StringComparison.Ordinal);
    }

    private static byte[] Packed(string text)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            brotli.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static string[] Goldens(string name) =>
        [.. Directory.GetFiles(Folder, $"{name}.*.bin").OrderBy(path => int.Parse(Path.GetFileName(path).Split('.')[1], CultureInfo.InvariantCulture))];

    private static T Full<T>() => new Filler(isFull: true).Make<T>();

    private static byte[] Record<T>(T state) => Serializer.Serialize(state).ToArray();

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.State.GetTypeInfo(typeof(T)));

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    // The oldest blobs have no head.
    private static byte[] Content(byte[] blob) => blob[0] == 'W' ? blob[2..] : blob;

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
        return JsonSerializer.Serialize(new
        {
            architecture = read.Weights.Architecture.ToString(),
            weights = read.Weights.Values.ToArray(),
            read.State!.KlCoefficient,
            random = read.State.Random.ToArray(),
            lineage = read.Description.Lineage.OrderBy(pair => pair.Key, StringComparer.Ordinal),
        });
    }

    private static byte[] WriteArchive()
    {
        using var folder = new RecordedFolder()
            .Api("Weather", "sky", "daily", "Forecast of a day", ["city", "day?"], """{"sky": "rain"}""")
            .Query("G1_tool", "1", "What is the weather in Oslo?", "*Weather/sky/daily")
            .Answer("Weather/sky/daily", "{'city': 'Oslo'}", "rain")
            .Answer("Weather/sky/hourly", "{'city': 'Oslo'}", "sun")
            .Episode("G1_tool", "1", "It rains.", "SSU", "daily_for_sky", "!daily_for_sky");
        return RecordedArchive.Pack(folder.Write().Path).Content.ToArray();
    }

    private static string ReadArchive(byte[] bytes)
    {
        var content = RecordedArchive.Unpack(bytes);
        Assert.False(content.Undocumented.IsDefault);
        return JsonSerializer.Serialize(content, ArchiveJsonContext.Default.Of<ArchiveContent>());
    }

    private static string ReadCatalogue(byte[] bytes)
    {
        var content = new CatalogueContent(bytes);
        return JsonSerializer.Serialize(content.Index.Apis.Select(content.Read));
    }

    private static string Inflated(byte[] bytes) => ReadAll(new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress));

    private static string Unpacked(byte[] bytes) => ReadAll(new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress));

    private static string ReadAll(Stream stream)
    {
        using var text = new StreamReader(stream);
        return text.ReadToEnd();
    }

    private static string Here([CallerFilePath] string path = "") => path;

    private sealed record Form(Func<byte[]> Write, Func<byte[], string> Text, Func<byte[], string> Read, int HeadLength = 0)
    {
        public string Says(byte[] bytes) => Convert.ToHexString(bytes[..HeadLength]) + Text(bytes) + Read(bytes);
    }
}
