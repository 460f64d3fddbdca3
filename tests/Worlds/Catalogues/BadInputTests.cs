using System.Globalization;
using System.Text;
using System.Text.Json;
using StepTool.Client.Imports.OpenApi;
using StepTool.Core.Chance;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Schemas;
using StepTool.Core.Worlds;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Core.Worlds.Catalogues.Imports;
using StepTool.Core.Worlds.Recorded;
using StepTool.Tests.Client.Imports;
using Xunit;
using Xunit.Abstractions;

namespace StepTool.Tests.Worlds.Catalogues;

/// <summary>
/// Documents, schemas, caches, catalogues, arguments and names, broken in ways that a seed decides: each is read or refused by the typed error of its boundary, and nothing
/// crashes or hangs. More of them: STEPTOOL_BAD_INPUTS=1000000, others: STEPTOOL_SEED=7.
/// </summary>
[Trait("Kind", "Property")]
public sealed class BadInputTests(ITestOutputHelper output)
{
    private const int Kinds = 8;
    private const int MostFailures = 5;
    private const int LongestShown = 4000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly int Count = Number("STEPTOOL_BAD_INPUTS", 10_000);
    private static readonly ulong Seed = (ulong)Number("STEPTOOL_SEED", 1);
    private static readonly string[] Documents = [.. Directory.GetFiles(OpenApiSourceTests.Documents).Order(StringComparer.Ordinal)];

    private static readonly string[] Schemas =
    [
        """{"type":"object","required":["a"],"properties":{"a":{"type":"integer","minimum":1,"exclusiveMaximum":9,"multipleOf":0.5},"b":{"type":"array","items":{"$ref":"#/$defs/x"},"uniqueItems":true,"contains":{"const":1}}},"additionalProperties":false,"$defs":{"x":{"anyOf":[{"type":"string","pattern":"^(a|b)+$","format":"date-time"},{"$ref":"#"}]}}}""",
        """{"oneOf":[{"type":"string","minLength":2,"nullable":true},{"allOf":[{"$ref":"#/oneOf/0"},{"not":{"enum":[1,"x",null]}}]}],"if":{"type":"string"},"then":{"maxLength":3},"else":{"minProperties":1,"propertyNames":{"pattern":"^x"}},"patternProperties":{"^x":{"type":["integer","null"]}},"dependentRequired":{"x":["y"]},"prefixItems":[{}],"example":{"x":1}}""",
    ];

    private static readonly string[] Tools =
    [
        """{"tool_name":"Sky","tool_description":"d","api_list":[{"name":"daily","url":"https://sky.p.rapidapi.com/days/{city}","method":"GET","description":"d","required_parameters":[{"name":"city","type":"STRING","default":"Oslo"}],"optional_parameters":[],"template_response":{"a":"str","b":[{"c":"int","_list_length":3}]}}]}""",
    ];

    private static readonly string[] Caches = ["""{"{'city': 'Oslo', 'n': 1.0}": {"error": "", "response": {"a": [1, "x"]}}, "{'x': None, 'y': [True, ('a',)]}": {"error": "no", "response": ""}, "{}": "plain"}"""];

    private static readonly string[] Arguments = ["""{"id":7}""", """{"name":"Rex","kind":"dog","mother":{"name":"Ada"},"weight":0.1}""", """{"limit":5,"kinds":["dog"],"near":{"lat":1,"lon":2}}""", """{"body":{"words":"x"}}"""];

    private static readonly string[] Names = ["pets/village/get_pet", "openapi/pets_of_the_village/addpet", "recorded:1:10:0123456789abcdef", "catalogue:0123456789abcdef", "built-in:7", "Daily Forecast (v2) for_Sky", "9_lives", "", "\u00c4\u96e8\ud83d\ude00"];

    [Fact]
    public async Task Inputs_BrokenAtRandom_AreReadOrRefusedByTheirTypedError()
    {
        output.WriteLine($"{Count} inputs, seed {Seed}");
        var world = await WorldAsync();
        var content = CatalogueWriter.Pack(world.Apis.Select(key => world.TryDefine(key, out var api) ? api : null!)).ToArray();
        var failures = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var number = 0; number < Count && failures.Count < MostFailures; number++)
        {
            var (kind, seed) = (number % Kinds, StableHash.Combine(Seed, (ulong)number));
            var text = "";
            try
            {
                await Task.Run(() => Feed(kind, new Breaker(seed), world, content, broken => text = broken)).WaitAsync(Patience);
            }
            catch (Exception exception)
            {
                var trace = exception.StackTrace ?? "";
                var first = trace.Split('\n').FirstOrDefault(line => line.Contains("StepTool", StringComparison.Ordinal), trace);
                failures.TryAdd(first, $"Input {number} of kind {kind} with seed {Seed}: {exception.GetType().Name}: {exception.Message}\n{trace}\n{text[..Math.Min(text.Length, LongestShown)]}");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Values));
    }

    private static void Feed(int kind, Breaker breaker, IWorld world, byte[] content, Action<string> see)
    {
        switch (kind)
        {
            case 0:
                var schema = See(breaker.Break(Schemas), see);
                Typed<ArgumentException>(() => Use(JsonSchema.Parse(schema), breaker));
                break;
            case 1:
                var document = See(breaker.Break(Text(breaker.Pick(Documents), isYaml: false)), see);
                Typed<CatalogueException>(() => Use(OpenApiFile.Read(Encoding.UTF8.GetBytes(document), isYaml: false), breaker));
                break;
            case 2:
                var yaml = See(breaker.BreakText(File.ReadAllText(Documents.First(file => file.EndsWith(".yaml", StringComparison.Ordinal)))), see);
                Typed<CatalogueException>(() => Use(OpenApiFile.Read(Encoding.UTF8.GetBytes(yaml), isYaml: true), breaker));
                break;
            case 3:
                var cache = See(breaker.Break(Caches), see);
                Typed<JsonException>(() => Read(cache));
                break;
            case 4:
                var tool = See(breaker.Break(Tools), see);
                Typed<JsonException>(() =>
                {
                    using var parsed = JsonDocument.Parse(Encoding.UTF8.GetBytes(tool));
                    foreach (var api in ToolFileReader.Read("tools/Weather/sky.json", parsed.RootElement, (_, _, _) => { }))
                    {
                        Answer(CatalogueWorld.Load(CatalogueWriter.Pack([api])));
                    }
                });
                break;
            case 5:
                var arguments = See(breaker.Break(Arguments), see);
                var call = new ToolCall(breaker.Pick([.. world.Apis]), arguments);
                Assert.True(world.Refuse(call) is null or { Status: ToolStatus.BadInput, Error.Length: > 0 });
                Assert.Equal(world.Answer(call, 0), world.Answer(call, 1));
                break;
            case 6:
                Name(See(breaker.BreakText(breaker.Pick(Names)), see), world);
                break;
            default:
                var bytes = breaker.Break(content);
                Typed<CatalogueException>(() => Answer(CatalogueWorld.Load(bytes)));
                break;
        }
    }

    private static void Name(string name, IWorld world)
    {
        var key = ApiKey.FromNames(name, name, name);
        Assert.Equal(key, ApiKey.Parse(key.ToString()));
        Assert.Equal(key.Api, StandardName.Of(key.Api));
        Assert.InRange(key.FunctionName.Length, 1, 64);
        Typed<ArgumentException>(() => WorldReference.Parse(name));
        Typed<FormatException>(() =>
        {
            var call = new ToolCall(ApiKey.Parse(name), "{}");
            Assert.True(world.TryDescribe(call.Api, out _) || world.Answer(call, 0).Status == ToolStatus.UnknownApi);
        });
    }

    private static void Answer(CatalogueWorld world)
    {
        foreach (var api in world.Apis.Take(3))
        {
            _ = world.Answer(new ToolCall(api, "{}"), 0);
        }
    }

    private static void Use(JsonSchema schema, Breaker breaker)
    {
        foreach (var arguments in Arguments)
        {
            using var value = JsonDocument.Parse(arguments);
            _ = new InputSchema(schema).Fault("f", value.RootElement);
        }

        using var example = JsonDocument.Parse(schema.Example(breaker.Next()));
        _ = schema.Check(example.RootElement);
    }

    private static void Use(Microsoft.OpenApi.OpenApiDocument document, Breaker breaker)
    {
        var reading = new PartReading("document", new HashSet<string>(), _ => { });
        var apis = new DocumentReader(document, reading, null, "document").Read().ToArray();
        if (apis.Length == 0)
        {
            return;
        }

        var world = CatalogueWorld.Load(CatalogueWriter.Pack(apis));
        foreach (var api in world.Apis)
        {
            var call = new ToolCall(api, breaker.Pick(Arguments));
            _ = world.Answer(call, 0);
            _ = world.Refuse(call);
        }
    }

    private static void Read(string cache)
    {
        var members = new JsonMembers(new MemoryStream(Encoding.UTF8.GetBytes(cache)));
        var answers = new AnswerSet();
        while (members.NextAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } member)
        {
            if (CacheFileReader.Answer(member.Name, member.Value, (_, _) => { }) is { } answer)
            {
                answers.Add(answer);
            }
        }
    }

    private static async Task<IWorld> WorldAsync()
    {
        var work = Path.Combine(Path.GetTempPath(), $"steptool-bad-{Guid.NewGuid():N}");
        using var packed = new MemoryStream();
        var import = new CatalogueImport(work);
        await import.RunAsync([new OpenApiSource(OpenApiSourceTests.Documents, null)], packed, null, null, CancellationToken.None);
        import.Complete();
        return CatalogueWorld.Load(packed.ToArray());
    }

    private static string Text(string file, bool isYaml) => isYaml || file.EndsWith(".json", StringComparison.Ordinal) ? File.ReadAllText(file) : YamlNodes.Read(new StringReader(File.ReadAllText(file)))!.ToJsonString();

    private static string See(string text, Action<string> see)
    {
        see(text);
        return text;
    }

    private static void Typed<T>(Action use)
        where T : Exception
    {
        try
        {
            use();
        }
        catch (T exception)
        {
            Assert.NotEmpty(exception.Message);
        }
    }

    private static int Number(string variable, int preset) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : preset;
}
