using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using StepTool.Grains.Hosting;
using StepTool.Grains.State;
using StepTool.Tests.Architecture;
using Xunit;

namespace StepTool.Tests.Serialization;

/// <summary>
/// The stored form of each grain state, kept as text: Goldens/TYPE.1.json, TYPE.2.json, ... Whoever changes a form adds the next file, by running these tests
/// with STEPTOOL_GOLDENS=write, and leaves the older ones: they must be read for ever.
/// </summary>
[Trait("Kind", "Unit")]
public sealed class StateGoldenTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(Here())!, "Goldens");

    public static TheoryData<string> States => [.. ContractTypes.States.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(States))]
    public void NewestGolden_OfEachState_IsWhatIsWrittenToday(string name)
    {
        var type = ContractTypes.States.Single(state => state.Name == name);
        var today = Pretty(JsonSerializer.Serialize(new Filler(isFull: true).Make(type, false), Wire.State.GetTypeInfo(type)));
        var goldens = Goldens(name);
        if (Environment.GetEnvironmentVariable("STEPTOOL_GOLDENS") == "write" && (goldens.Length == 0 || File.ReadAllText(goldens[^1]) != today))
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllText(Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{name}.{goldens.Length + 1}.json")), today);
            goldens = Goldens(name);
        }

        Assert.True(goldens.Length > 0, $"{Folder} has no golden of {name}. Write it with STEPTOOL_GOLDENS=write.");
        Assert.Equal(File.ReadAllText(goldens[^1]), today);
        Assert.True(StateVersionAttribute.Of(type) == goldens.Length, $"{name} has {goldens.Length} goldens. Mark it [StateVersion({goldens.Length})], so that older builds refuse what they do not know.");
    }

    [Theory]
    [MemberData(nameof(States))]
    public void EveryGolden_OfEachState_KeepsAllThatItSays(string name)
    {
        var type = ContractTypes.States.Single(state => state.Name == name);

        Assert.All(Goldens(name), golden =>
        {
            var read = JsonSerializer.Deserialize(File.ReadAllText(golden), Wire.State.GetTypeInfo(type));
            Assert.Empty(KeptText.Lost(File.ReadAllText(golden), JsonSerializer.Serialize(read, Wire.State.GetTypeInfo(type))));
        });
    }

    private static string[] Goldens(string name) => Directory.Exists(Folder)
        ? [.. Directory.GetFiles(Folder, $"{name}.*.json").OrderBy(path => int.Parse(Path.GetFileName(path).Split('.')[1], CultureInfo.InvariantCulture))]
        : [];

    private static string Pretty(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement, Indented) + "\n";

    private static string Here([CallerFilePath] string path = "") => path;
}
